// Time stamps as Anthropic's headers have them. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace retort::providers {

// "2026-01-02T03:04:05Z", with a fraction (read to the microsecond), with an offset in place of
// the Z: RFC 3339, 5.6; from 1970 to 2261. A leap second is read as the second after it.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

}  // namespace retort::providers
