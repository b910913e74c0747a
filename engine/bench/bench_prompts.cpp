#include "engine/bench/bench_prompts.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "engine/directory/dataset_source.hpp"
#include "engine/prompt/prompts.hpp"
#include "engine/witness/answer_check.hpp"

namespace retort::engine {
namespace {

error in_row(const io::dataset_reader& reader, const io::row& row, const std::string& why) {
  return {errc::dataset, fmt::format("{}:{}: {}", reader.file_name(row.file), row.line, why)};
}

result<asked_prompt> asked_about(const config& what, const prompts& templates, const io::row& row,
                                 simdjson::dom::element record, bool in_turns) {
  sample asked;
  if (auto rendered = templates.render(record, asked); !rendered) return rendered.error();
  asked_prompt out;
  out.messages = asked.messages;
  out.sampling = asked.own ? asked.own->whole : sampling_of(what, 0);
  if (!what.evaluate.empty()) {
    out.record = std::make_shared<asked_record>(std::move(asked), std::string(row.text));
  }
  if (!in_turns) return out;
  auto turns = own_turns(std::move(out.messages));
  if (!turns) return turns.error();
  out.messages = std::move(turns->front());
  turns->erase(turns->begin());
  out.later = std::make_shared<const std::vector<turn_messages>>(std::move(*turns));
  return out;
}

result<void> fit_for(const config& what, bool in_turns) {
  if (!what.earlier.empty()) {
    return error{errc::usage,
                 "steps: bench asks single questions; expected a config without steps"};
  }
  if (!in_turns || what.prompt.messages_field) return {};
  return error{errc::usage,
               "--turns record is of conversations, and prompt.messages_field is not set; expected "
               "the field that holds them"};
}

}  // namespace

result<record_sessions> sessions_of(const std::vector<asked_prompt>& all) {
  record_sessions out;
  for (const asked_prompt& one : all) {
    const std::uint64_t turns = 1 + (one.later ? one.later->size() : 0);
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
  if (auto fit = fit_for(what, in_turns); !fit) return fit.error();
  auto templates = prompts::make(what);
  if (!templates) return templates.error();
  auto reader = open_dataset(what);
  if (!reader) return reader.error();
  std::vector<asked_prompt> out;
  simdjson::dom::parser parser;
  const std::size_t most =
      std::min<std::uint64_t>(most_prompts, what.dataset.limit.value_or(most_prompts));
  while (out.size() < most) {
    const auto row = reader->next();
    if (!row) return row.error();
    if (!*row) break;
    simdjson::dom::element record;
    std::string why = (*row)->problem;
    if (why.empty() && parser.parse((*row)->text).get(record)) why = "is not JSON";
    if (why.empty()) {
      auto asked = asked_about(what, *templates, **row, record, in_turns);
      if (asked) out.push_back(std::move(*asked));
      if (!asked) why = asked.error().message;
    }
    if (!why.empty() && what.dataset.on_error == on_error::fail) {
      return in_row(*reader, **row, why);
    }
  }
  if (out.empty()) return error{errc::usage, "the dataset has no record to ask about"};
  return out;
}

}  // namespace retort::engine
