// How far from the reference a number may be: "0.01", or "1%" of the reference. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/number/number.hpp"

namespace retort::engine {

struct tolerance {
  number size;            // not negative
  bool relative = false;  // in hundredths of the reference
};

// A plain decimal of at least 0, an exponent allowed, and perhaps a percent sign behind it.
std::optional<tolerance> parse_tolerance(std::string_view text);

}  // namespace retort::engine
