// A trace of requests as another system had them: when, how long the prompt and the answer were,
// and which blocks of a prompt others had, too. JSON Lines as Mooncake publishes them
// (github.com/kvcache-ai/Mooncake, FAST25-release/traces): {"timestamp": 27482, "input_length":
// 6955, "output_length": 52, "hash_ids": [46, 47, 2353]}: milliseconds, tokens, and an id for each
// 512 tokens; equal ids are equal text. Other members are left alone. Plain values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "io/base/error.hpp"

namespace retort::engine {

struct traced_request {
  std::chrono::nanoseconds at{0};       // behind the first
  std::uint64_t input = 0, output = 0;  // tokens; > 0
  std::vector<std::uint64_t> blocks;    // of the prompt's beginning; what is behind them is its own
};

struct trace {
  std::string file;
  std::uint64_t block_tokens = 512;
  std::vector<traced_request> requests;  // in order of time; not empty

  double mean_input() const;
  double mean_output() const;
};

// More are refused: they are held in memory.
inline constexpr std::size_t most_traced = 2'000'000;

// Gzip and Zstandard are read, too. errc::usage: FILE:LINE, what is wrong and what was expected;
// errc::unreadable.
result<trace> read_trace(const std::string& file, std::uint64_t block_tokens);

// When the request goes out if time goes so many times as fast as in the file.
std::chrono::nanoseconds replayed_at(const traced_request& of, double speed);
// How many go out, at most, within so long of that time: what is in flight when each takes as long.
std::uint64_t most_within(const trace& of, double speed, std::chrono::nanoseconds time);

}  // namespace retort::engine
