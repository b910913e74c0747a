// Whether one of two is better on the records that both have. Pure; any thread.
#pragma once

#include <cstdint>

namespace retort::engine {

// The exact two-sided sign test: on so many records the one was better, on so many the other; the
// chance of a split at least as uneven, were neither. Where each has one answer to a record, right
// or wrong, that is McNemar's test in its exact form (McNemar, Psychometrika 12, 1947; Agresti,
// "Categorical Data Analysis", 3rd ed., 11.1.1). 1 where the two never differ.
double sign_test(std::uint64_t better, std::uint64_t worse);

}  // namespace retort::engine
