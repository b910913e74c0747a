// What an export under this config would change of the verdicts that the ledger's own lines give.
// One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/export/reopened_ledger.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct verdict_change {
  std::string before, now;  // "accepted", "rejected (too_short)"
  std::uint64_t samples = 0;
};

struct verdict_changes {
  std::vector<verdict_change> kinds;  // the largest first
  std::uint64_t samples = 0;          // of the ledger
  std::uint64_t changed() const;
};

// `tell` hears of each sample that changes, in the order of the ledger, one line without its
// newline. Where one of a record's samples is kept (samples.keep), it is chosen as the last run
// did. What an output's format cannot have is `rejected (format)`; where the last run had other
// outputs, which of them could not be had then is not known, and they count as accepted before.
// Writes no file.
result<verdict_changes> find_changes(const config& run, const reopened_ledger& ledger,
                                     const std::function<void(const std::string&)>& tell);

}  // namespace retort::engine
