#include "engine/forecast/forecast.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/config/prices.hpp"
#include "engine/directory/dataset_source.hpp"
#include "engine/directory/resume.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/endpoint/secret.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/evaluate/reviewer.hpp"
#include "engine/filters/succession.hpp"
#include "engine/forecast/section_watch.hpp"
#include "engine/generate/attempt.hpp"
#include "engine/judging/judging.hpp"
#include "engine/outputs/unlearnt_turns.hpp"
#include "engine/plan/variants.hpp"
#include "engine/plan/way_plan.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/prompt/step_prompts.hpp"
#include "engine/quota/request_bound.hpp"
#include "engine/quota/token_estimate.hpp"
#include "engine/sample/id_register.hpp"
#include "io/dataset/dataset.hpp"
#include "io/file/presence.hpp"
#include "io/http/http_wire.hpp"
#include "providers/body/json_parser.hpp"
#include "providers/request/model_quirks.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t shown_bad_rows = 5;

// The sum over all endpoints, or nothing when one of them has no such limit.
template <class Limit>
std::optional<double> sum_of(std::span<const endpoint_config> endpoints, const Limit& limit) {
  double sum = 0;
  for (const auto& one : endpoints) {
    const std::optional<double> own = limit(one.limits);
    if (!own) return std::nullopt;
    sum += *own;
  }
  return sum;
}

void replace_all(std::string& text, const std::string& what, std::string_view with) {
  for (auto at = text.find(what); !what.empty() && at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

std::string shown_request(const endpoint& to, const std::string& body) {
  std::string request = io::text_of(to.client->request(body));
  replace_all(request, to.key, "***");
  return request;
}

using slots = std::vector<std::uint32_t>;

// The first is handed on where one is to be chosen: any has as many behind it.
void choose_first(const way_plan& plan, record_history& history, std::uint32_t from) {
  bool is_first = true;
  for (std::uint32_t slot = from; slot < from + plan.width_at(from); ++slot) {
    if (history[slot] != slot_state::accepted) continue;
    if (!std::exchange(is_first, false)) history[slot] = slot_state::passed_over;
  }
}

// What a plan asks for where each answer becomes what `end_of` says, one after the other.
template <class EndOf>
slots asked_if(const way_plan& plan, record_history history, const EndOf& end_of) {
  using act = way_plan::next_act::act;
  slots out;
  for (auto next = plan.next(history); next.goes_on(); next = plan.next(history)) {
    if (next.what == act::choose) {
      choose_first(plan, history, next.slot);
    } else {
      history[next.slot] = end_of(next.slot, history);
      out.push_back(next.slot);
    }
  }
  return out;
}

// What costs the most: a step before the last accepts as much as it may, as late as it can.
class dearest {
 public:
  dearest(const config& run, const slot_layout& layout) : run_(&run), layout_(&layout) {}

  slot_state operator()(std::uint32_t slot, const record_history& of) const {
    const sample_key key = layout_->key_of(slot);
    if (key.step == layout_->last()) return slot_state::rejected;
    const config& asked = step_of(*run_, key.step);
    const bool is_last_model = model_of(asked, key.variant) + 1 == asked.models.size();
    const bool hands_on = !asked.escalate || is_last_model;
    return hands_on && still_open(key, of) < most_accepted(asked) ? slot_state::accepted
                                                                  : slot_state::rejected;
  }

 private:
  // More than are needed may be under way together.
  static std::uint32_t most_accepted(const config& asked) {
    const samples_config& by = asked.samples;
    if (by.until_accepted == 0) return std::numeric_limits<std::uint32_t>::max();
    return by.until_accepted + std::max(by.parallel, 1U) - 1;
  }
  // Of the branch, this one aside.
  std::uint32_t still_open(const sample_key& key, const record_history& of) const {
    const std::uint32_t first = layout_->first_slot(key.step, key.from);
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < layout_->width(key.step); ++i) {
      count += of[first + i] == slot_state::open;
    }
    return count - (of[layout_->slot_of(key)] == slot_state::open);
  }

  const config* run_;
  const slot_layout* layout_;
};

// What is asked of a record, at most, and which of that whatever comes.
struct asked_slots {
  slots most, least;
};

bool is_needed(const slot_layout& layout, const record_history& now, std::uint32_t slot) {
  const sample_key key = layout.key_of(slot);
  if (key.step == 0) return true;
  const std::uint32_t before = layout.slot_of(layout.key_at(key.step - 1, key.from));
  return now[before] == slot_state::accepted;
}

asked_slots slots_from(const config& run, const way_plan& plan, const record_history& now) {
  const auto accepting = [](std::uint32_t, const record_history&) { return slot_state::accepted; };
  asked_slots out;
  out.most = asked_if(plan, now, dearest(run, plan.layout()));
  out.least = asked_if(plan, now, accepting);
  std::erase_if(out.least,
                [&](std::uint32_t slot) { return !is_needed(plan.layout(), now, slot); });
  return out;
}

// The place of each model entry's first endpoint.
std::vector<std::size_t> first_endpoints(const config& run) {
  std::vector<std::size_t> out;
  std::size_t before = 0;
  for (const model_entry& one : model_entries(run)) {
    out.push_back(before);
    before += endpoints_of(*one.model).size();
  }
  return out;
}

// Renders every record as a run would.
class counting {
 public:
  counting(const config& run, const std::vector<std::unique_ptr<endpoint>>& endpoints,
           step_prompts all, ledger_state found)
      : run_(run),
        plan_(run),
        fresh_(slots_from(run, plan_, record_history(plan_.slots(), slot_state::open))),
        endpoints_(endpoints),
        first_endpoints_(first_endpoints(run)),
        prompts_(std::move(all)),
        sections_(prompts_),
        found_(std::move(found)) {
    for (std::uint32_t step = 0; step <= last_step(run); ++step) {
      variants_.push_back(variants_of(step_of(run, step)));
    }
    for (std::uint32_t step = 0; step <= last_step(run); ++step) add_models(step_of(run, step));
  }

  result<void> open_judges();
  void add(const io::row& row, const io::dataset_reader& from);
  forecast close();

  forecast out;

 private:
  bool all_bounded() const;
  void add_models(const config& asked);
  // How many prompts a step has: one for each combination, and for each model of one where a row
  // says how it is asked, which each takes in a way of its own.
  std::uint32_t prompts_of(std::uint32_t step) const {
    return run_.dataset.is_batch_input ? static_cast<std::uint32_t>(variants_[step].size())
                                       : combinations_of(step_of(run_, step));
  }
  result<void> render(const io::row& row, std::uint32_t step, std::uint32_t prompt);
  result<void> count(const io::row& row);
  void count_slots(const io::row& row, const asked_slots& of, std::uint32_t step,
                   std::uint32_t prompt);
  void count_slot(const io::row& row, const sample_key& key, bool is_needed);
  void count_request(const question& asked, const sample_key& key, bool is_needed);
  void show_first_requests(std::uint64_t ordinal, std::uint32_t step, std::uint32_t prompt);
  question question_of(const sample_key& key) const;
  std::int64_t answers_in(const sample_key& key, bool at_most) const;
  const endpoint& endpoint_of(std::size_t entry) const {
    return *endpoints_[first_endpoints_[entry]];
  }
  const endpoint& endpoint_of(const sample_key& key) const {
    return endpoint_of(step_of(run_, key.step).models_at + variants_[key.step][key.variant].model);
  }
  void note_id();

  const config& run_;
  std::vector<std::vector<variant>> variants_;  // by step, as prompts and judges
  const way_plan plan_;
  const asked_slots fresh_;  // of a record that is new
  const std::vector<std::unique_ptr<endpoint>>& endpoints_;
  const std::vector<std::size_t> first_endpoints_;
  const step_prompts prompts_;
  section_watch sections_;
  ledger_state found_;
  std::vector<std::vector<judge_count>> judges_;
  providers::json_parser parser_;
  sample asked_;
  bool is_answered_ = false;  // the row brings a conversation that ends with the model's words
  id_register ids_;
  token_estimate estimate_;
};

bool counting::all_bounded() const {
  return std::ranges::all_of(variants_, [](const auto& step) {
    return std::ranges::all_of(step, [](const auto& one) { return bool(one.most_output); });
  });
}

void counting::add_models(const config& asked) {
  for (const auto& model : asked.models) {
    auto& one = out.models.emplace_back();
    one.model = model.model.empty() ? model.provider : model.model;
    one.step = asked.step;
    one.entry = &model;
    one.batch = model.batch;
    if (all_bounded() || run_.dataset.is_batch_input) one.output_tokens = 0;
  }
}

result<void> counting::render(const io::row& row, std::uint32_t step, std::uint32_t prompt) {
  if (!row.problem.empty()) return error{errc::dataset, row.problem};
  auto record = parse_record(parser_, row.text);
  if (!record) return record.error();
  sections_.see(*record);
  asked_ = sample();
  asked_.key = {row.ordinal, prompt, 0, step, 0};
  auto rendered = step > 0 ? prompts_.of(step).render_without_steps(*record, asked_)
                           : prompts_.of(step).render(*record, asked_);
  if (rendered) rendered = check_unlearnt_turns(run_, asked_);
  if (!rendered || !step_of(run_, step).prompt.messages_field) return rendered;
  is_answered_ |= asked_.messages.back().role == "assistant";
  return rendered;
}

void counting::note_id() {
  if (!run_.dataset.id) return;
  const auto other = ids_.note(asked_.id, asked_.key.ordinal);
  if (other && out.repeated_ids++ == 0) {
    out.first_repeated_id = describe_repeated_id(asked_.id, *other, asked_.key.ordinal);
  }
}

void counting::add(const io::row& row, const io::dataset_reader& from) {
  ++out.records;
  is_answered_ = false;
  const auto rendered = count(row);
  out.ending_answered += rendered && is_answered_;
  if (rendered) return note_id();
  if (out.bad_rows++ >= shown_bad_rows) return;
  out.first_bad.push_back(
      fmt::format("{}:{}: {}", from.file_name(row.file), row.line, rendered.error().message));
}

result<void> counting::open_judges() {
  for (std::uint32_t step = 0; step <= last_step(run_); ++step) {
    const config& asked = step_of(run_, step);
    auto& judges = judges_.emplace_back();
    for (std::size_t i = 0; i < asked.judges.size(); ++i) {
      auto made = judge_count::make(asked, asked.judges[i], endpoint_of(first_judge(asked) + i));
      if (!made) return made.error();
      judges.push_back(std::move(*made));
    }
  }
  return {};
}

forecast counting::close() {
  for (auto& step : judges_) {
    for (auto& one : step) out.judges.push_back(std::move(one.out));
  }
  out.never_shown = sections_.never_there();
  return std::move(out);
}

// A row that one combination's prompt cannot take is a bad one, and is asked nothing.
result<void> counting::count(const io::row& row) {
  for (std::uint32_t step = last_step(run_) + 1; step-- > 0;) {
    for (std::uint32_t i = prompts_of(step); i-- > 0;) {
      auto rendered = render(row, step, i);
      if (!rendered) return rendered;
    }
  }
  const std::uint32_t settled = found_.done.settled_of(row.ordinal);
  out.settled += settled;
  const asked_slots of =
      settled == 0 ? fresh_ : slots_from(run_, plan_, found_.done.history_of(row.ordinal));
  for (std::uint32_t step = 0; step <= last_step(run_); ++step) {
    for (std::uint32_t i = 0; i < prompts_of(step); ++i) {
      if (step + i > 0) (void)render(row, step, i);
      count_slots(row, of, step, i);
    }
  }
  return {};
}

void counting::count_slots(const io::row& row, const asked_slots& of, std::uint32_t step,
                           std::uint32_t prompt) {
  show_first_requests(row.ordinal, step, prompt);
  const std::uint32_t of_step = prompts_of(step);
  for (const std::uint32_t slot : of.most) {
    sample_key key = plan_.layout().key_of(slot);
    if (key.step != step || key.variant % of_step != prompt) continue;
    key.ordinal = row.ordinal;
    count_slot(row, key, std::ranges::find(of.least, slot) != of.least.end());
  }
}

question counting::question_of(const sample_key& key) const {
  const variant& how = variants_[key.step][key.variant];
  const own_sampling* const own = asked_.own.get();
  return {key.ordinal, key.k, &asked_.messages, own ? &own->whole : &how.sampling,
          own ? own->most_output : how.most_output};
}

// Each model's, whether it has been sent already or not.
void counting::show_first_requests(std::uint64_t ordinal, std::uint32_t step,
                                   std::uint32_t prompt) {
  for (std::uint32_t number = prompt; number < variants_[step].size(); number += prompts_of(step)) {
    const sample_key key{ordinal, number, 0, step, 0};
    std::string& shown = out.models[forecast_of(run_, key)].first_request;
    if (!shown.empty()) continue;
    std::string body;
    append_body(endpoint_of(key), question_of(key), body);
    shown = shown_request(endpoint_of(key), body);
  }
}

// Tokens of the earlier answers that go into a prompt.
std::int64_t counting::answers_in(const sample_key& key, bool at_most) const {
  std::int64_t sum = 0;
  for (std::string_view path : prompts_.of(key.step).answers_in(key.variant)) {
    path.remove_prefix(std::string_view("steps.").size());
    const std::string_view name = path.substr(0, path.find('.'));
    std::int64_t longest = 0;
    for (std::uint32_t step = 0; step < key.step; ++step) {
      if (step_of(run_, step).step != name) continue;
      for (const variant& one : variants_[step]) {
        const auto expected = estimate_.expected(0, one.most_output).output;
        longest = std::max(longest, at_most ? one.most_output.value_or(expected) : expected);
      }
    }
    sum += longest;
  }
  return sum;
}

// An answer that is kept and waits to be judged is not asked for again.
void counting::count_slot(const io::row& row, const sample_key& key, bool is_needed) {
  const question asked = question_of(key);
  const bool is_answered = answer_to(found_, key).has_value();
  out.unjudged += is_answered;
  if (!is_answered) count_request(asked, key, is_needed);
  for (auto& judge : judges_[key.step]) judge.add(row.text, asked_.reference, asked.most_output);
}

// Said once. The mock takes anything.
void note_doubt(model_forecast& of, const std::vector<providers::message>& messages) {
  std::string doubt = providers::conversation_doubt(of.model, messages);
  if (doubt.empty() || of.entry->provider == "mock") return;
  doubt = "the records' conversations: " + doubt;
  if (std::ranges::find(of.doubts, doubt) == of.doubts.end()) of.doubts.push_back(std::move(doubt));
}

void counting::count_request(const question& asked, const sample_key& key, bool is_needed) {
  std::string body;
  append_body(endpoint_of(key), asked, body);
  model_forecast& one = out.models[forecast_of(run_, key)];
  const auto input =
      estimate_.expected(prompt_bytes(asked), asked.most_output).input + answers_in(key, false);
  const std::size_t most = most_input(body.size(), *asked.sampling);
  ++one.requests;
  one.input_tokens += input;
  one.most_input_tokens += estimate_.worst(most, asked.most_output).input + answers_in(key, true);
  if (!asked.most_output) one.output_tokens.reset();
  if (one.output_tokens) *one.output_tokens += *asked.most_output;
  note_doubt(one, *asked.messages);
  one.least_requests += is_needed;
  if (is_needed) one.least_input_tokens += input;
}

// The mock takes anything.
std::vector<std::string> doubts_of(const config& asked, const endpoint& to) {
  std::vector<std::string> all;
  if (to.model->provider == "mock") return all;
  for (std::uint32_t i = 0; i < combinations_of(asked); ++i) {
    for (auto& each : to.dialect->doubts(to.model->model, sampling_of(asked, i))) {
      if (std::ranges::find(all, each) == all.end()) all.push_back(std::move(each));
    }
  }
  return all;
}

void add_limits(const config& run, const config& asked,
                const std::vector<std::unique_ptr<endpoint>>& endpoints, model_forecast* first) {
  auto to = endpoints.begin() + static_cast<std::ptrdiff_t>(first_endpoints(run)[asked.models_at]);
  for (std::size_t i = 0; i < asked.models.size(); ++i) {
    const auto places = endpoints_of(asked.models[i]);
    model_forecast& one = first[i];
    for (auto& each : doubts_of(asked, **to)) one.doubts.push_back(std::move(each));
    for (std::size_t j = 0; j < places.size(); ++j) one.endpoints.push_back((*to++)->name);
    const auto limited = limits_of(asked.models[i]);
    one.bounds = bounds_of(limited, static_cast<double>(one.least_requests),
                           static_cast<double>(one.least_input_tokens), 0);
    one.most_bounds =
        bounds_of(limited, static_cast<double>(one.requests), static_cast<double>(one.input_tokens),
                  static_cast<double>(one.output_tokens.value_or(0)));
    if (const auto known = price_of(asked.models[i])) one.costs = *known;
  }
}

// What a run would find of its costly evaluators before it sends anything.
result<void> try_judging(const config& run) {
  boost::asio::io_context loop{1};
  generator nobody(loop.get_executor(), run.attempts);
  for (std::uint32_t step = 0; step <= last_step(run); ++step) {
    auto opened = judging::open(loop, run, step, nobody, secret_variables(run));
    if (!opened) return opened.error();
    if (*opened) (*opened)->stop();
    loop.restart();
  }
  return {};
}

// As a resume counts it; ids and references are those that its lines have.
result<ledger_state> look_into_ledger(const config& run, const assessor& assess) {
  const way_plan plan(run);
  const run_directory where{run.run_dir};
  const auto there = io::is_there(where.ledger());
  if (!there) return there.error();
  if (!*there) return ledger_state(plan);
  auto admitted = admit_config(where, run);  // what a run would refuse is no forecast of it
  if (!admitted) return admitted.error();
  auto state = scan(where.ledger(), plan, &assess);
  if (!state || state->stale == 0) return state;
  const auto in_turn = succession::make(run);
  auto counted = count_again(where.ledger(), reviewer(&assess), *state, nullptr, in_turn.get());
  if (!counted) return counted.error();
  return state;
}

}  // namespace

std::size_t forecast_of(const config& run, const sample_key& key) {
  std::size_t before = 0;
  for (std::uint32_t step = 0; step < key.step; ++step) before += step_of(run, step).models.size();
  return before + model_of(step_of(run, key.step), key.variant);
}

double model_forecast::input_usd() const {
  return costs ? static_cast<double>(input_tokens) * costs->input / 1e6 : 0;
}

double model_forecast::least_input_usd() const {
  return costs ? static_cast<double>(least_input_tokens) * costs->input / 1e6 : 0;
}

std::optional<double> model_forecast::most_usd() const {
  if (!costs || !output_tokens) return std::nullopt;
  return (static_cast<double>(most_input_tokens) * costs->dearest_input() +
          static_cast<double>(*output_tokens) * costs->output) /
         1e6;
}

std::vector<bound> bounds_of(std::span<const endpoint_config> endpoints, double requests,
                             double input_tokens, double output_tokens) {
  struct {
    const char* name;
    std::optional<double> limits_config::*limit;
    double amount, period_s;
  } const table[] = {
      {"rps", &limits_config::rps, requests, 1},
      {"rpm", &limits_config::rpm, requests, 60},
      {"tpm", &limits_config::tpm, input_tokens + output_tokens, 60},
      {"input_tpm", &limits_config::input_tpm, input_tokens, 60},
      {"output_tpm", &limits_config::output_tpm, output_tokens, 60},
  };
  std::vector<bound> bounds;
  for (const auto& row : table) {
    const auto limit = sum_of(endpoints, [&](const limits_config& of) { return of.*row.limit; });
    if (limit && row.amount > 0) bounds.push_back({row.name, row.amount / *limit * row.period_s});
  }
  std::ranges::sort(bounds, std::ranges::greater(), &bound::seconds);
  return bounds;
}

result<forecast> make_forecast(const config& run,
                               const std::vector<std::unique_ptr<endpoint>>& endpoints) {
  auto templates = step_prompts::make(run);
  if (!templates) return templates.error();
  auto judged = try_judging(run);
  if (!judged) return judged.error();
  for (const config& one : run.earlier) {
    if (const auto made = assessor::make(one); !made) return made.error();  // benchmarks are read
  }
  const auto assess = assessor::make(run);
  if (!assess) return assess.error();
  auto found = look_into_ledger(run, *assess);
  if (!found) return found.error();
  auto reader = open_dataset(run);
  if (!reader) return reader.error();
  counting all(run, endpoints, std::move(*templates), std::move(*found));
  if (auto opened = all.open_judges(); !opened) return opened.error();
  while (run.dataset.reaches(all.out.records)) {
    auto row = reader->next();
    if (!row) return row.error();
    if (!*row) break;
    all.add(**row, *reader);
  }
  for (std::uint32_t step = 0; step <= last_step(run); ++step) {
    const std::size_t first = forecast_of(run, {0, 0, 0, step, 0});
    add_limits(run, step_of(run, step), endpoints, &all.out.models[first]);
  }
  return all.close();
}

}  // namespace retort::engine
