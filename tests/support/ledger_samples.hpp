// A run's ledger as the samples it holds. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/sample/sample.hpp"

namespace retort::test {

struct ledger_content {
  std::vector<engine::sample> samples;  // in the order of the lines
  std::uint64_t damaged = 0;            // lines
};

// Throws std::runtime_error when it is no ledger of ours.
ledger_content read_ledger(const std::string& path);

using record_and_variant = std::pair<std::uint64_t, std::uint32_t>;

// The samples with a final verdict, by what they are of. Throws std::runtime_error when one has two
// of them, or when a line is damaged.
std::map<record_and_variant, engine::sample> finished_samples(const std::string& path);

}  // namespace retort::test
