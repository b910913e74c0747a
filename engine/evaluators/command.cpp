#include "engine/evaluators/command.hpp"

#include <fmt/format.h>

#include <charconv>

namespace retort::engine {
namespace {

result<evaluator> make_command(const evaluator_config& config) {
  if (config.texts("run").empty() || config.texts("run").front().empty()) {
    return error{errc::usage, "run is empty; expected a program and its arguments"};
  }
  evaluator made;
  made.sees_reference = true;
  return made;
}

}  // namespace

command_rule command_rule_of(const evaluator_config& config) {
  command_rule rule;
  const auto words = config.texts("run");
  rule.run.assign(words.begin(), words.end());
  if (const auto text = config.text("timeout_s")) {
    std::from_chars(text->data(), text->data() + text->size(), rule.timeout_s);
  }
  return rule;
}

evaluator_kind command() {
  using enum shapes;
  return {
      "command",
      {rows::key(verdicts, "evaluate[].command.run", value_kind::texts, rows::required,
                 "program and arguments: reads {id, prompt, completion, reference} as a line of "
                 "JSON, answers {id, score, detail}"),
       rows::ranged(verdicts, "evaluate[].command.timeout_s", value_kind::real, {0, 86400, true},
                    fmt::format("{}", command_rule().timeout_s),
                    "seconds for one answer; later, the sample is unscored")},
      make_command,
      true};
}

}  // namespace retort::engine
