// What the runs of one load at one endpoint have in common (--runs): the mean of each figure over
// the runs, with its t interval. A run is one value, however many requests it has. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/bench/trial.hpp"
#include "engine/statistics/t_interval.hpp"

namespace retort::engine {

struct repeated_figure {
  std::string_view name;            // requests_per_s, ttft_p50...
  std::optional<t_interval> value;  // nothing where a run lacks it; times in ms
};

struct repeated_load {
  const trial_result* first;  // whose endpoint and load they share
  std::uint64_t runs = 0;
  std::vector<repeated_figure> figures;
};

// Of each load that was run more than once, in their order. `trials` outlives it.
std::vector<repeated_load> repeats_of(const std::vector<trial_result>& trials);

}  // namespace retort::engine
