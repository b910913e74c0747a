// What a model's tokens cost. A plain value; any thread.
#pragma once

namespace retort::engine {

// In US dollars per 1,000,000 tokens, as providers list them. `input` is for what is not cached.
struct price {
  double input = 0, cached = 0, output = 0;

  bool operator==(const price&) const = default;
};

}  // namespace retort::engine
