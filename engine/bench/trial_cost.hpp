// What a trial's answers cost, by the endpoint's own count of tokens. Pure; any thread.
#pragma once

#include <optional>

#include "engine/config/prices.hpp"
#include "engine/measure/tally.hpp"

namespace retort::engine {

struct trial_cost {
  double usd = 0;                            // of the successes
  double usd_per_million_output_tokens = 0;  // all of it, prompts too, over their output tokens
};

// Nothing where tokens are not told, or there is no output. Where an endpoint does not tell of
// cached tokens none are, which makes it dearer rather than cheaper.
std::optional<trial_cost> cost_of(const tally& measured, const std::optional<price>& costs);

}  // namespace retort::engine
