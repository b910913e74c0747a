// Resuming is a scan: read the ledger, note what is settled, and make sure that the dataset is
// still the one those samples were made from. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/config.hpp"
#include "engine/done_set.hpp"
#include "io/error.hpp"

namespace retort::engine {

struct ledger_state {
  explicit ledger_state(std::uint32_t variants) : done(variants) {}

  done_set done;
  std::uint64_t accepted = 0;  // as judged when they were written
  std::uint64_t rejected = 0;
  std::uint64_t rows_needed = 0;  // the dataset must have at least so many rows
  // The sum, modulo 2^64, of the row hashes of all settled samples, each times 2 * ordinal + 1:
  // whatever the order in which they finished, the same rows in the same places give the same sum.
  std::uint64_t row_hashes = 0;
  std::uint64_t damaged = 0;  // lines whose seal is broken; their samples are made again
  std::uint64_t first_damaged = 0;
};

// The hash of a record's text that ledger lines carry.
std::uint64_t hash_row(std::string_view text);

result<ledger_state> scan(const std::string& ledger, std::uint32_t variants);

// Reads the dataset as far as the ledger reaches. errc::mismatch names the first record that is
// not the one the ledger holds. Rows appended behind are welcome.
result<void> verify_dataset(const config& run, const ledger_state& state,
                            const std::string& ledger);

}  // namespace retort::engine
