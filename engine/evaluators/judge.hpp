// judge: what another model says of a completion. Costly: what it goes by is here, engine/judging
// carries it out.
#pragma once

#include "engine/evaluator/evaluator.hpp"
#include "engine/text/pattern.hpp"

namespace retort::engine {

evaluator_kind judge();

struct judge_rule {
  std::string prompt;  // template
  // Template of the answer that a completion is held against: a reply then says which is better, 0
  // to 1 on its scale, and each vote asks twice, either one first. Nothing: a number on the scale.
  std::optional<std::string> against = {};
  double low = 0, high = 10;
  std::optional<pattern> where = {};
  std::uint32_t votes = 1;

  std::uint32_t replies() const { return against ? 2 * votes : votes; }
};
// errc::usage as evaluator_kind::make.
result<judge_rule> judge_rule_of(const evaluator_config&);

}  // namespace retort::engine
