// Lengths of time as servers write them, in headers and in error messages. Pure; any thread.
//
// All of these give a wait: rounded up to whole milliseconds, so that nobody comes too early, and
// nothing at all for what no wait can be: zero, negative (Azure has sent -1 and 0:
// learn.microsoft.com), or longer than `longest_believable`, which is a time stamp sent as a delay.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace retort::providers {

inline constexpr std::chrono::milliseconds longest_believable = std::chrono::hours(31 * 24);

std::optional<std::chrono::milliseconds> believable_wait(double ms);

// A whole text as a decimal number, without exponent.
std::optional<double> parse_decimal(std::string_view text);

// "12ms", "1s", "6m0s", "1h2m3s", "46.07s": numbers with the units d, h, m, s and ms, each at most
// once and the longest first (developers.openai.com, googleQuotaErrors.ts; days are unconfirmed). A
// number without a unit is none of these.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// "3 seconds", "1 minute": one number and one unit in words, white space between them.
std::optional<std::chrono::milliseconds> parse_spelt_duration(std::string_view text);

}  // namespace retort::providers
