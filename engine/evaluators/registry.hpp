// The evaluators by name: the one place to add one to. Immutable; any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/evaluators/evaluator.hpp"

namespace retort::engine {

std::span<const evaluator_kind> evaluator_kinds();
// Null when there is none of that name.
const evaluator_kind* find_evaluator(std::span<const evaluator_kind> among, std::string_view name);
// errc::usage as evaluator_kind::make, or where there is none of that kind.
result<evaluator> make_evaluator(const evaluator_config&,
                                 std::span<const evaluator_kind> among = evaluator_kinds());

// The rows of all keys of `evaluate`: each evaluator's own, then those that all of them take.
std::vector<config_key> evaluator_keys();

}  // namespace retort::engine
