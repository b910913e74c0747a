#include "engine/evaluators/registry.hpp"

#include "engine/evaluators/choice.hpp"
#include "engine/evaluators/code.hpp"
#include "engine/evaluators/command.hpp"
#include "engine/evaluators/contains.hpp"
#include "engine/evaluators/exact.hpp"
#include "engine/evaluators/json_field.hpp"
#include "engine/evaluators/json_schema.hpp"
#include "engine/evaluators/judge.hpp"
#include "engine/evaluators/math.hpp"
#include "engine/evaluators/numeric.hpp"
#include "engine/evaluators/refusal.hpp"
#include "engine/evaluators/regex.hpp"
#include "engine/evaluators/repetition.hpp"
#include "engine/evaluators/scores.hpp"

namespace retort::engine {
namespace {

std::vector<config_key> common_keys() {
  using enum shapes;
  return {
      rows::ranged(verdicts, "evaluate[].threshold", value_kind::real, {0, 1, true}, "1",
                   "the score from which the evaluator holds a sample correct"),
      rows::key(verdicts, "evaluate[].decides", value_kind::flag,
                "true for the first, where none says so",
                "a sample is correct where all that decide hold it so; the others only keep their "
                "scores"),
      rows::key(verdicts, "evaluate[].name", value_kind::text, "exact and so on",
                "what its evaluations are called; two must not have one name"),
  };
}

}  // namespace

std::span<const evaluator_kind> evaluator_kinds() {
  static const std::vector<evaluator_kind> all = {
      exact(),       numeric(), math(),       json_field(), choice(), contains(), regex(),
      json_schema(), refusal(), repetition(), scores(),     code(),   command(),  judge()};
  return all;
}

std::vector<config_key> evaluator_keys() {
  std::vector<config_key> all;
  for (const evaluator_kind& kind : evaluator_kinds()) {
    all.insert(all.end(), kind.keys.begin(), kind.keys.end());
  }
  const auto common = common_keys();
  all.insert(all.end(), common.begin(), common.end());
  return all;
}

}  // namespace retort::engine
