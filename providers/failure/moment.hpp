// Moments as servers write them where a delay is expected. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace retort::providers {

// Seconds or milliseconds since 1970, of a moment between 2001 and 2191: as a delay so many would
// be absurd.
std::optional<std::chrono::system_clock::time_point> parse_epoch(std::string_view text);

// What duration.hpp believes of the time until then.
std::optional<std::chrono::milliseconds> believable_wait_until(
    std::chrono::system_clock::time_point then, std::chrono::system_clock::time_point now);

}  // namespace retort::providers
