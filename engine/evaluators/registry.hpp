// The evaluators by name: the one place to add one to. Immutable; any thread.
#pragma once

#include <span>
#include <vector>

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

std::span<const evaluator_kind> evaluator_kinds();

// The rows of all keys of `evaluate`: each evaluator's own, then those that all of them take.
std::vector<config_key> evaluator_keys();

}  // namespace retort::engine
