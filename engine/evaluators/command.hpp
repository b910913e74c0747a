// command: what a program of the user's says (engine/scorer). Costly: what it goes by is here,
// engine/judging carries it out.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind command();

struct command_rule {
  std::vector<std::string> run;
  double timeout_s = 60;
};
command_rule command_rule_of(const evaluator_config&);

}  // namespace retort::engine
