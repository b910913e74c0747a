// A number drawn evenly between two bounds, as one writes it: "0.5", or "0.1:2". Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/measure/random_stream.hpp"

namespace retort::engine {

struct even_range {
  double low = 0, high = 0;
  double drawn(random_stream& chance) const { return low + (high - low) * chance.uniform(); }
};

// Nothing where it is none: bounds are finite, not negative, and in order.
std::optional<even_range> range_of(std::string_view text);

}  // namespace retort::engine
