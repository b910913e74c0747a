// The variants of a run: the cells of its sweep, in the order that a sample's key counts them in
// (config.hpp). Which model entry is asked, and with what sampling. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/plan/record_plan.hpp"

namespace retort::engine {

struct variant {
  std::uint32_t model = 0;  // index of the model entry
  providers::sampling sampling;
  std::optional<std::int64_t> most_output = {};  // of a request, as request_bound.hpp has it
};

std::vector<variant> variants_of(const config& run);

// What is asked of each record of the run.
record_plan plan_of(const config& run);

}  // namespace retort::engine
