// What a model's tokens cost. A plain value; any thread.
#pragma once

#include <algorithm>

namespace retort::engine {

// In US dollars per 1,000,000 tokens, as providers list them. `input` is for what is neither read
// from the provider's cache nor written to it.
struct price {
  double input = 0, cached = 0, output = 0;
  double cache_write = input;

  // The most that a token of a prompt may cost.
  double dearest_input() const { return std::max({input, cached, cache_write}); }

  bool operator==(const price&) const = default;
};

}  // namespace retort::engine
