// The ways in which the mock provider can be told to misbehave. Plain values, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace retort::mock {

enum class fault {
  rate_limit,        // 429 with Retry-After
  error_500,         // 500
  error_503,         // 503
  reset_before,      // RST before the first byte of the response
  reset_middle,      // RST in the middle of the body
  truncated,         // half of the announced body, then a clean close
  stall,             // half of the body, then nothing until the client goes away
  invalid_json,      // 200 with half of the JSON, correctly framed
  connection_close,  // a good answer with "Connection: close", then a clean close
  blank_lines,       // a good answer with blank lines before its JSON, as DeepSeek sends them
  cut_stream,        // half of the events, correctly framed
  error_in_stream,   // half of the events, then one that tells of an error
  none,
};

inline constexpr std::size_t fault_count = static_cast<std::size_t>(fault::none);

// Their names as options, as counters and in messages, in the order of the enumeration.
inline constexpr std::array<std::string_view, fault_count> fault_names = {
    "rate_limit",       "error_500",   "error_503",  "reset_before",
    "reset_middle",     "truncated",   "stall",      "invalid_json",
    "connection_close", "blank_lines", "cut_stream", "error_in_stream"};

// The client gets its answer all the same.
constexpr bool is_harmless(fault f) {
  return f == fault::none || f == fault::connection_close || f == fault::blank_lines;
}

// Only streamed answers meet it.
constexpr bool is_of_streams(fault f) {
  return f == fault::cut_stream || f == fault::error_in_stream;
}

}  // namespace retort::mock
