#include "engine/evaluators/regex.hpp"

#include <fmt/format.h>

#include "engine/evaluator/key_pattern.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

judgement match(const pattern& what_for, bool wanted, const candidate& what) {
  const auto found = what_for.first_in(what.answer);
  return right_or_wrong(found.has_value() == wanted, found ? excerpt(*found) : "no match");
}

result<evaluator> make_regex(const evaluator_config& config) {
  auto what_for = key_pattern(config, "pattern");
  if (!what_for) return what_for.error();
  if (!*what_for) return error{errc::usage, "pattern is required: expected text"};
  return evaluator{std::bind_front(match, std::move(**what_for), config.text("match") != "false")};
}

}  // namespace

evaluator_kind regex() {
  using enum shapes;
  return {"regex",
          {rows::key(verdicts, "evaluate[].regex.pattern", value_kind::text, rows::required,
                     "RE2 on the whole completion, thinking and all"),
           rows::key(verdicts, "evaluate[].regex.match", value_kind::flag, "true",
                     "false: it must not match")},
          make_regex};
}

}  // namespace retort::engine
