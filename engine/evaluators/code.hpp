// code: the completion's code passes the tests, in a sandbox (engine/sandbox/sandbox.md). Costly:
// what it goes by is here, engine/judging carries it out.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind code();

struct code_rule {
  std::string tests;  // template
  double timeout_s = 10;
  std::uint64_t memory_mb = 1024;
};
code_rule code_rule_of(const evaluator_config&);

}  // namespace retort::engine
