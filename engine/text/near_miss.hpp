// "did you mean": the nearest known word to a misspelt one. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace retort::engine {

// The candidate at the least edit distance, when that is small enough to be a slip; else "".
std::string_view near_miss(std::string_view word, std::span<const std::string_view> candidates);

// `; did you mean "that"?` for the end of a message, or "".
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace retort::engine
