#include "engine/filters/screen.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "engine/text/text.hpp"
#include "engine/training/training_members.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {
namespace {

template <class Each>
void for_strings(simdjson::dom::element in, const Each& each) {
  std::string_view text;
  if (!in.get(text)) return each(text);
  if (simdjson::dom::array list; !in.get(list)) {
    for (const auto one : list) for_strings(one, each);
  }
  if (simdjson::dom::object members; !in.get(members)) {
    for (const auto& [name, value] : members) for_strings(value, each);
  }
}

// The strings of a call's arguments as they read, or the text where it is no JSON.
template <class Each>
void for_texts(std::string_view arguments, const Each& each) {
  simdjson::dom::parser parser;
  simdjson::dom::element parsed;
  if (parser.parse(arguments.data(), arguments.size()).get(parsed)) return each(arguments);
  for_strings(parsed, each);
}

}  // namespace

result<screen> screen::make(const config& run) {
  screen made;
  made.run_ = &run;
  if (run.filter.where) {
    auto compiled = jq_program::compile(*run.filter.where);
    if (!compiled) {
      return error{compiled.error().code, "filter.where: jq says: " + compiled.error().message};
    }
    made.where_ = std::move(*compiled);
  }
  if (run.filter.decontaminate) {
    auto loaded = contamination::load(*run.filter.decontaminate);
    if (!loaded) return loaded.error();
    made.benchmarks_ = std::make_shared<const contamination>(std::move(*loaded));
  }
  return made;
}

std::optional<screen::finding> screen::ask_where(const sample& of) const {
  std::string record;
  io::json_writer json(record);
  json.open_object();
  write_training_members(*run_, json, of);
  json.close_object();
  auto answer = where_->ask(record);
  if (answer.holds) return std::nullopt;
  return finding{reject_reason::where, std::move(answer.problem)};
}

// All that some format writes: of the prompt every message, and what was called and thought.
std::optional<screen::finding> screen::ask_benchmarks(const sample& of) const {
  std::optional<std::string> met;
  const auto tell = [&](std::string_view where, const std::optional<std::string>& found) {
    if (found) met = fmt::format("{}: {}", where, *found);
  };
  const auto look_in = [&](std::string_view where, std::string_view text) {
    if (!met) tell(where, benchmarks_->find_in(text));
  };
  const auto look_in_calls = [&](const std::vector<providers::tool_call>& calls) {
    for (const auto& call : calls) {
      for_texts(call.arguments, [&](std::string_view text) {
        if (!met) tell("call of " + excerpt(call.name), benchmarks_->find_run_in(text));
      });
    }
  };
  for (const auto& one : of.messages) {
    look_in(one.role == "user" ? "prompt" : one.role + " message", one.content);
    look_in("reasoning of the prompt", one.reasoning);
    look_in_calls(one.tool_calls);
  }
  look_in("completion", of.completion.text);
  look_in("reasoning", of.completion.reasoning);
  look_in_calls(of.completion.tool_calls);
  if (!met) return std::nullopt;
  return finding{reject_reason::contaminated, std::move(*met)};
}

std::optional<screen::finding> screen::look(const sample& of) const {
  auto found = where_ ? ask_where(of) : std::nullopt;
  if (!found && benchmarks_) found = ask_benchmarks(of);
  return found;
}

}  // namespace retort::engine
