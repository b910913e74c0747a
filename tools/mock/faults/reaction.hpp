// What to do on the wire about one request. Plain values, one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/mock/faults/counters.hpp"

namespace retort::mock {

class dialect;

// What becomes of the connection after the bytes.
enum class ending {
  keep,
  close,  // cleanly
  reset,  // with RST
  stall,  // nothing more until the client goes away
};

struct reaction {
  std::chrono::microseconds delay{0};
  std::string bytes;
  std::vector<std::string> later;  // more of them, each after a pause
  std::chrono::microseconds pause{0};
  ending then = ending::keep;
  std::optional<std::uint64_t> answered;  // hash of the prompt that gets its answer here
  std::uint64_t output_tokens = 0;        // of that answer
  bool streamed = false;                  // so it comes
  const dialect* metered = nullptr;       // settle() tells the quotas in it; null: it does nothing
  tally::mark in_flight;
};

}  // namespace retort::mock
