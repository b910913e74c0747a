// The limits that a config states for one endpoint. Nothing: not stated; then what the server tells
// in its headers counts, and concurrency is found by trying (engine/quota/concurrency_limit.hpp).
#pragma once

#include <cstdint>
#include <optional>

namespace retort::engine {

// All above zero.
struct limits_config {
  std::optional<double> rps = {};                 // requests per second
  std::optional<double> rpm = {};                 // requests per minute
  std::optional<double> tpm = {};                 // tokens per minute, of prompts and answers
  std::optional<double> input_tpm = {};           // of prompts
  std::optional<double> output_tpm = {};          // of answers
  std::optional<std::uint32_t> concurrency = {};  // requests in flight

  bool states_quota() const { return rps || rpm || tpm || input_tpm || output_tpm; }
};

}  // namespace retort::engine
