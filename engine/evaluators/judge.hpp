// judge: what another model says of a completion. Costly: what it goes by is here, engine/judging
// carries it out.
#pragma once

#include "engine/evaluator/evaluator.hpp"
#include "engine/text/pattern.hpp"

namespace retort::engine {

evaluator_kind judge();

struct judge_rule {
  std::string prompt;  // template
  double low = 0, high = 10;
  std::optional<pattern> where = {};
  std::uint32_t votes = 1;
};
// errc::usage as evaluator_kind::make.
result<judge_rule> judge_rule_of(const evaluator_config&);

}  // namespace retort::engine
