#include "engine/forecast/forecast.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>

#include "engine/config/prices.hpp"
#include "engine/directory/dataset_source.hpp"
#include "engine/directory/resume.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/evaluate/reviewer.hpp"
#include "engine/filters/succession.hpp"
#include "engine/generate/attempt.hpp"
#include "engine/judging/judging.hpp"
#include "engine/plan/variants.hpp"
#include "engine/prompt/prompts.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/quota/request_bound.hpp"
#include "engine/quota/token_estimate.hpp"
#include "engine/sample/id_register.hpp"
#include "io/dataset/dataset.hpp"
#include "io/http/http_wire.hpp"

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

// What a plan asks for where each answer is like this, one after the other.
slots asked_if(const record_plan& plan, record_history history, slot_state each) {
  slots out;
  for (auto next = plan.next(history); next.what == record_plan::step::act::ask;
       next = plan.next(history)) {
    history[next.slot] = each;
    out.push_back(next.slot);
  }
  return out;
}

// Renders every record as a run would.
class counting {
 public:
  counting(const config& run, const std::vector<std::unique_ptr<endpoint>>& endpoints,
           prompts prompt, ledger_state found)
      : run_(run),
        variants_(variants_of(run)),
        plan_(plan_of(run, variants_)),
        endpoints_(endpoints),
        prompt_(std::move(prompt)),
        found_(std::move(found)) {
    for (const auto& model : run.models) {
      auto& one = out.models.emplace_back();
      one.model = model.model.empty() ? model.provider : model.model;
      one.batch = model.batch;
      if (all_bounded()) one.output_tokens = 0;
    }
  }

  result<void> open_judges();
  void add(const io::row& row, const io::dataset_reader& from);
  forecast close();

  forecast out;

 private:
  bool all_bounded() const {
    return std::ranges::all_of(variants_, [](const auto& one) { return bool(one.most_output); });
  }
  result<void> render(const io::row& row, std::uint32_t combination);
  result<void> count(const io::row& row);
  void count_slot(const io::row& row, std::uint32_t slot, bool is_needed);
  void count_request(const question& asked, std::uint32_t model, bool is_needed);
  void show_first_requests(std::uint64_t ordinal, std::uint32_t combination);
  question question_of(std::uint64_t ordinal, std::uint32_t slot) const;
  const endpoint& endpoint_of(std::size_t entry) const;
  void note_id();

  const config& run_;
  const std::vector<variant> variants_;
  const record_plan plan_;
  const std::vector<std::unique_ptr<endpoint>>& endpoints_;
  prompts prompt_;
  ledger_state found_;
  std::vector<judge_count> judges_;
  simdjson::dom::parser parser_;
  sample asked_;
  id_register ids_;
  token_estimate estimate_;
};

result<void> counting::render(const io::row& row, std::uint32_t combination) {
  if (!row.problem.empty()) return error{errc::dataset, row.problem};
  auto record = parse_record(parser_, row.text, true);
  if (!record) return record.error();
  asked_ = sample();
  asked_.key = {row.ordinal, combination, 0};
  return prompt_.render(*record, asked_);
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
  const auto rendered = count(row);
  if (rendered) return note_id();
  if (out.bad_rows++ >= shown_bad_rows) return;
  out.first_bad.push_back(
      fmt::format("{}:{}: {}", from.file_name(row.file), row.line, rendered.error().message));
}

// The first of an entry's endpoints.
const endpoint& counting::endpoint_of(std::size_t entry) const {
  const auto entries = model_entries(run_);
  auto to = endpoints_.begin();
  for (std::size_t i = 0; i < entry; ++i) {
    to += static_cast<std::ptrdiff_t>(endpoints_of(*entries[i].model).size());
  }
  return **to;
}

result<void> counting::open_judges() {
  for (std::size_t i = 0; i < run_.judges.size(); ++i) {
    auto made = judge_count::make(run_, run_.judges[i], endpoint_of(run_.models.size() + i));
    if (!made) return made.error();
    judges_.push_back(std::move(*made));
  }
  return {};
}

forecast counting::close() {
  for (auto& one : judges_) out.judges.push_back(std::move(one.out));
  return std::move(out);
}

// A row that one combination's prompt cannot take is a bad one, and is asked nothing.
result<void> counting::count(const io::row& row) {
  const std::uint32_t combinations = combinations_of(run_);
  for (std::uint32_t i = combinations; i-- > 0;) {
    auto rendered = render(row, i);
    if (!rendered) return rendered;
  }
  const record_history now = found_.done.history_of(row.ordinal);
  const slots most = asked_if(plan_, now, slot_state::rejected);
  const slots least = asked_if(plan_, now, slot_state::accepted);
  out.settled += found_.done.settled_of(row.ordinal);
  for (std::uint32_t i = 0; i < combinations; ++i) {
    if (i > 0) (void)render(row, i);
    show_first_requests(row.ordinal, i);
    for (const std::uint32_t slot : most) {
      const bool is_of_this = plan_.variant_at(slot) % combinations == i;
      if (is_of_this) count_slot(row, slot, std::ranges::find(least, slot) != least.end());
    }
  }
  return {};
}

question counting::question_of(std::uint64_t ordinal, std::uint32_t slot) const {
  const variant& how = variants_[plan_.variant_at(slot)];
  return {ordinal, plan_.k_at(slot), &asked_.messages, &how.sampling, how.most_output};
}

// Each model's, whether it has been sent already or not.
void counting::show_first_requests(std::uint64_t ordinal, std::uint32_t combination) {
  for (std::uint32_t number = combination; number < variants_.size();
       number += combinations_of(run_)) {
    const std::uint32_t model = variants_[number].model;
    std::string& shown = out.models[model].first_request;
    if (!shown.empty()) continue;
    std::string body;
    append_body(endpoint_of(model), question_of(ordinal, number * plan_.n()), body);
    shown = shown_request(endpoint_of(model), body);
  }
}

// An answer that is kept and waits to be judged is not asked for again.
void counting::count_slot(const io::row& row, std::uint32_t slot, bool is_needed) {
  const question asked = question_of(row.ordinal, slot);
  const sample_key key{row.ordinal, plan_.variant_at(slot), plan_.k_at(slot)};
  if (!answer_to(found_, key)) count_request(asked, variants_[key.variant].model, is_needed);
  for (auto& judge : judges_) judge.add(row.text, asked_.reference, asked.most_output);
}

void counting::count_request(const question& asked, std::uint32_t model, bool is_needed) {
  std::string body;
  append_body(endpoint_of(model), asked, body);
  model_forecast& one = out.models[model];
  const auto input = estimate_.expected(prompt_bytes(asked), asked.most_output).input;
  const std::size_t most = most_input(body.size(), *asked.sampling);
  ++one.requests;
  one.input_tokens += input;
  one.most_input_tokens += estimate_.worst(most, asked.most_output).input;
  if (one.output_tokens) *one.output_tokens += *asked.most_output;
  one.least_requests += is_needed;
  if (is_needed) one.least_input_tokens += input;
}

// The mock takes anything.
std::vector<std::string> doubts_of(const config& run, const endpoint& to) {
  std::vector<std::string> all;
  if (to.model->provider == "mock") return all;
  for (std::uint32_t i = 0; i < combinations_of(run); ++i) {
    for (auto& each : to.dialect->doubts(to.model->model, sampling_of(run, i))) {
      if (std::ranges::find(all, each) == all.end()) all.push_back(std::move(each));
    }
  }
  return all;
}

void add_limits(const config& run, const std::vector<std::unique_ptr<endpoint>>& endpoints,
                forecast& out) {
  auto to = endpoints.begin();
  for (std::size_t i = 0; i < run.models.size(); ++i) {
    const auto places = endpoints_of(run.models[i]);
    model_forecast& one = out.models[i];
    one.doubts = doubts_of(run, **to);
    for (std::size_t j = 0; j < places.size(); ++j) one.endpoints.push_back((*to++)->name);
    one.bounds = bounds_of(places, static_cast<double>(one.least_requests),
                           static_cast<double>(one.least_input_tokens), 0);
    one.most_bounds =
        bounds_of(places, static_cast<double>(one.requests), static_cast<double>(one.input_tokens),
                  static_cast<double>(one.output_tokens.value_or(0)));
    if (const auto known = price_of(run.models[i])) one.costs = *known;
  }
}

// What a run would find of its costly evaluators before it sends anything.
result<void> try_judging(const config& run) {
  boost::asio::io_context loop{1};
  generator nobody(loop.get_executor(), run.attempts);
  auto opened = judging::open(loop, run, nobody);
  if (!opened) return opened.error();
  if (*opened) (*opened)->stop();
  return {};
}

// As a resume counts it; ids and references are those that its lines have.
result<ledger_state> look_into_ledger(const config& run, const assessor& assess) {
  const record_plan plan = plan_of(run);
  const run_directory where{run.run_dir};
  if (!std::filesystem::exists(where.ledger())) return ledger_state(plan);
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

double model_forecast::input_usd() const {
  return costs ? static_cast<double>(input_tokens) * costs->input / 1e6 : 0;
}

double model_forecast::least_input_usd() const {
  return costs ? static_cast<double>(least_input_tokens) * costs->input / 1e6 : 0;
}

std::optional<double> model_forecast::most_usd() const {
  if (!costs || !output_tokens) return std::nullopt;
  return (static_cast<double>(most_input_tokens) * std::max(costs->input, costs->cached) +
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
  auto prompt = prompts::make(run);
  if (!prompt) return prompt.error();
  auto judged = try_judging(run);
  if (!judged) return judged.error();
  const auto assess = assessor::make(run);  // benchmarks are read
  if (!assess) return assess.error();
  auto found = look_into_ledger(run, *assess);
  if (!found) return found.error();
  auto reader = open_dataset(run);
  if (!reader) return reader.error();
  counting all(run, endpoints, std::move(*prompt), std::move(*found));
  if (auto opened = all.open_judges(); !opened) return opened.error();
  while (!run.dataset.limit || all.out.records < *run.dataset.limit) {
    auto row = reader->next();
    if (!row) return row.error();
    if (!*row) break;
    all.add(**row, *reader);
  }
  add_limits(run, endpoints, all.out);
  return all.close();
}

}  // namespace retort::engine
