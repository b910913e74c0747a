// The limits that a config states for one endpoint. Nothing: not stated; then what the server tells
// in its headers counts, and concurrency is found by trying (engine/quota/concurrency_limit.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace retort::engine {

// All above zero.
struct limits_config {
  std::optional<double> rps = {};                 // requests per second
  std::optional<double> rpm = {};                 // requests per minute
  std::optional<double> tpm = {};                 // tokens per minute, of prompts and answers
  std::optional<double> input_tpm = {};           // of prompts
  std::optional<double> output_tpm = {};          // of answers
  std::optional<std::uint32_t> concurrency = {};  // requests in flight

  // Of all these, and of what the server tells, this process's part: above 0, at most 1. Others
  // have the rest: whoever else uses the account, the other shards of a run.
  double share = 1;
  // Who are told of the same account, each with its part in what is stated here already: what the
  // server tells is divided by so many.
  std::uint32_t parties = 1;

  // Where what of these is used is counted for all who use the account: redis:// or rediss://; "":
  // nowhere.
  std::string shared = {};
  std::string shared_key_env = {};  // name of the variable; "" where there is no password
  std::string shared_key_file = {};
  std::string shared_ca_file = {};  // PEM; replaces the system's authorities

  bool states_quota() const { return rps || rpm || tpm || input_tpm || output_tpm; }
};

}  // namespace retort::engine
