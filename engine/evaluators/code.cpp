#include "engine/evaluators/code.hpp"

#include <fmt/format.h>

#include <charconv>

namespace retort::engine {
namespace {

result<evaluator> make_code(const evaluator_config& config) {
  evaluator made;
  made.sees_reference = code_rule_of(config).tests.find("reference") != std::string::npos;
  return made;
}

double plain_number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

code_rule code_rule_of(const evaluator_config& config) {
  code_rule rule;
  rule.tests = config.text("tests").value_or("");
  if (const auto given = config.text("timeout_s")) rule.timeout_s = plain_number(*given);
  if (const auto given = config.text("memory_mb")) {
    rule.memory_mb = static_cast<std::uint64_t>(plain_number(*given));
  }
  return rule;
}

evaluator_kind code() {
  using enum shapes;
  const code_rule usual;
  return {"code",
          {rows::one_of(verdicts, "evaluate[].code.language", {"python"}, "python",
                        "of the completion's fenced code, else of all of it"),
           rows::key(verdicts, "evaluate[].code.tests", value_kind::text, rows::required,
                     "template of the code that runs behind it: asserts, or \"{{test}}\""),
           rows::ranged(verdicts, "evaluate[].code.timeout_s", value_kind::real, {0, 600, true},
                        fmt::format("{}", usual.timeout_s), "seconds that both may take"),
           rows::ranged(verdicts, "evaluate[].code.memory_mb", value_kind::whole, {64, 1'048'576},
                        fmt::format("{}", usual.memory_mb), "MiB of memory of each process")},
          make_code,
          true};
}

}  // namespace retort::engine
