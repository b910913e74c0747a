#include "engine/bench/bench_prompts.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "engine/directory/dataset_source.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/prompt/step_answers.hpp"
#include "engine/prompt/step_prompts.hpp"
#include "engine/text/text.hpp"
#include "engine/witness/answer_check.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

// What all records are asked.
struct asked_steps {
  config what;  // as_measured()
  step_prompts prompts;
  bool is_evaluated;
};

class turns_behind final : public later_prompts {
 public:
  explicit turns_behind(std::vector<turn_messages> all) : all_(std::move(all)) {}

  std::uint64_t count() const override { return all_.size(); }
  result<asked_prompt> behind(asked_prompt said, std::uint64_t turn,
                              const providers::completion& answer) const override {
    if (answer.text.empty()) return error{errc::dataset, "the answer has no text"};
    const turn_messages& more = all_[turn - 1];
    said.messages.push_back({"assistant", answer.text});
    said.messages.insert(said.messages.end(), more.begin(), more.end());
    return said;
  }

 private:
  std::vector<turn_messages> all_;
};

// What a run hands on from no step, whatever its filter.
bool has_no_output(const providers::completion& of) {
  return trim(of.text).empty() && of.tool_calls.empty();
}

asked_prompt prompt_of(const asked_steps& by, std::uint32_t step, sample asked,
                       std::string_view row) {
  asked_prompt out;
  out.messages = asked.messages;
  out.sampling = asked.own ? asked.own->whole : sampling_of(step_of(by.what, step), 0);
  if (by.is_evaluated && step == last_step(by.what)) {
    out.record = std::make_shared<asked_record>(std::move(asked), std::string(row));
  }
  return out;
}

// The prompts of the steps behind the first, each rendered when the answers before it are there.
class steps_behind final : public later_prompts {
 public:
  steps_behind(std::shared_ptr<const asked_steps> by, const io::row& row)
      : by_(std::move(by)), ordinal_(row.ordinal), row_(row.text) {}

  std::uint64_t count() const override { return last_step(by_->what); }
  result<asked_prompt> behind(asked_prompt said, std::uint64_t turn,
                              const providers::completion& answer) const override {
    const auto step = static_cast<std::uint32_t>(turn);
    const std::string& name = step_of(by_->what, step).step;
    if (has_no_output(answer)) {
      return error{errc::dataset, fmt::format("step {}: the answer before has no text", name)};
    }
    said.answers.push_back(answer_fields(answer));
    sample asked;
    asked.key = {ordinal_, 0, 0, step, 0};
    asked.step = name;
    auto rendered = render(said.answers, asked);
    if (!rendered) {
      return error{rendered.error().code,
                   fmt::format("step {}: {}", name, rendered.error().message)};
    }
    asked_prompt out = prompt_of(*by_, step, std::move(asked), row_);
    out.messages.front().content.insert(0, said.mark);
    out.mark = std::move(said.mark);
    out.answers = std::move(said.answers);
    out.later = std::move(said.later);
    return out;
  }

 private:
  result<void> render(const std::vector<std::string>& answers, sample& into) const {
    std::vector<std::pair<std::string_view, std::string_view>> named;
    for (std::uint32_t step = 0; step < answers.size(); ++step) {
      named.emplace_back(step_of(by_->what, step).step, answers[step]);
    }
    providers::json_parser of_row, of_answers;
    auto record = parse_record(of_row, row_);
    if (!record) return record.error();
    auto before = parse_answers(of_answers, steps_context(named));
    if (!before) return before.error();
    return by_->prompts.of(into.key.step).render(*record, *before, into);
  }

  std::shared_ptr<const asked_steps> by_;
  std::uint64_t ordinal_;
  std::string row_;
};

error in_row(const io::dataset_reader& reader, const io::row& row, const std::string& why) {
  return {errc::dataset, fmt::format("{}:{}: {}", reader.file_name(row.file), row.line, why)};
}

result<asked_prompt> asked_about(const std::shared_ptr<const asked_steps>& by, const io::row& row,
                                 providers::json_parser& parser, bool in_turns) {
  if (!row.problem.empty()) return error{errc::dataset, row.problem};
  auto record = parse_record(parser, row.text);
  if (!record) return record.error();
  sample asked;
  asked.key.ordinal = row.ordinal;
  if (auto rendered = by->prompts.render_first(*record, asked); !rendered) return rendered.error();
  asked_prompt out = prompt_of(*by, 0, std::move(asked), row.text);
  if (by->prompts.count() > 1) out.later = std::make_shared<steps_behind>(by, row);
  if (!in_turns) return out;
  auto turns = own_turns(std::move(out.messages));
  if (!turns) return turns.error();
  out.messages = std::move(turns->front());
  turns->erase(turns->begin());
  out.later = later_turns(std::move(*turns));
  return out;
}

}  // namespace

config as_measured(const config& what, bool streams) {
  config own = what;
  own.judges.clear();
  own.evaluate.clear();
  for (model_config& one : own.models) one.stream = streams;
  for (config& one : own.earlier) {
    one.judges.clear();
    one.evaluate.clear();
    one.models = own.models;
    one.models_at = 0;
  }
  return own;
}

result<void> check_sessions(const config& what, const bench_options& options) {
  const bool are_steps = has_steps(what, options), are_told = options.asked.has_sessions();
  if (are_steps && are_told) {
    return error{errc::usage,
                 "--turns: the steps of this config are the turns of its sessions; expected it "
                 "without --turns, or a config without steps"};
  }
  const auto has_times = [](const load_level& of) { return of.is_ramp() || of.is_replay(); };
  if (are_steps && std::ranges::any_of(options.loads, has_times)) {
    return error{errc::usage,
                 "steps are asked behind each other's answers, which no ramp or trace tells the "
                 "time of; expected --concurrency or --rate, or a config without steps"};
  }
  if (options.asked.own && !what.prompt.messages_field) {
    return error{errc::usage,
                 "--turns record is of conversations, and prompt.messages_field is not set; "
                 "expected the field that holds them"};
  }
  if (options.asked.think_s.high > 0 && !are_steps && !are_told) {
    return error{errc::usage,
                 "--think-time is of sessions; expected --turns, or a CONFIG with steps"};
  }
  return {};
}

std::shared_ptr<const later_prompts> later_turns(std::vector<turn_messages> all) {
  return std::make_shared<turns_behind>(std::move(all));
}

result<record_sessions> sessions_of(const config& what, const std::vector<asked_prompt>& all) {
  record_sessions out;
  for (std::uint32_t step = 0; !what.earlier.empty() && step <= last_step(what); ++step) {
    out.steps.push_back(step_of(what, step).step);
  }
  for (const asked_prompt& one : all) {
    const std::uint64_t turns = 1 + (one.later ? one.later->count() : 0);
    ++out.records;
    out.turns += turns;
    out.most = std::max(out.most, turns);
  }
  if (out.most > 1) return out;
  return error{errc::usage,
               fmt::format("--turns record: none of {} records has a conversation with more than "
                           "one message of its user",
                           out.records)};
}

result<std::vector<asked_prompt>> prompts_of(const config& what, bool in_turns) {
  config own = as_measured(what, true);
  auto templates = step_prompts::make(own);
  if (!templates) return templates.error();
  const auto asked = std::make_shared<const asked_steps>(
      asked_steps{std::move(own), std::move(*templates), !what.evaluate.empty()});
  auto reader = open_dataset(what);
  if (!reader) return reader.error();
  std::vector<asked_prompt> out;
  providers::json_parser parser;
  const std::size_t most =
      std::min<std::uint64_t>(most_prompts, what.dataset.limit.value_or(most_prompts));
  while (out.size() < most) {
    const auto row = reader->next();
    if (!row) return row.error();
    if (!*row) break;
    auto one = asked_about(asked, **row, parser, in_turns);
    if (one) {
      out.push_back(std::move(*one));
    } else if (what.dataset.on_error == on_error::fail) {
      return in_row(*reader, **row, one.error().message);
    }
  }
  if (out.empty()) return error{errc::usage, "the dataset has no record to ask about"};
  return out;
}

}  // namespace retort::engine
