// Several ledgers as one, in the dataset's order: whichever process wrote a line, and whatever the
// number of shards then. What a record was asked stands by variant and number, or, where more of it
// was under way than it needed, as it came. Lines are copied as they are, each once. Memory does
// not grow with the ledgers, but for a megabyte at most for each. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/dataset/row.hpp"
#include "io/file/file.hpp"
#include "io/ledger/ledger_reader.hpp"

namespace retort::engine {

struct ledger_source {
  std::string path;
  io::row_part part = {};  // whose records it may have
};

struct merged_lines {
  std::uint64_t lines = 0, bytes = 0;  // of the ledger that was made, its header aside
  std::uint64_t copies = 0;            // lines that another ledger has as well
  std::uint64_t overlaps = 0;          // samples that two shards have settled, each in its own way
};

struct merge_rules {
  bool allow_overlaps = false;  // the first of the ledgers has the last word then
  bool allow_damage = false;    // samples of damaged lines are left out
};

// Hears each line of the ledger that is made, as it will stand there.
using line_listener = std::function<void(const io::ledger_line& line)>;

// Writes a whole ledger into `to`, from its beginning, and does not sync it. What has to wait on
// the disk waits in `directory`. A missing ledger is an empty one.
// errc::mismatch: what is no line of ours, of a record that is not the ledger's own, damaged, or a
// sample that two ledgers have settled differently and neither has both, as when two shards asked
// for it. errc::cancelled, errc::disk, errc::unreadable.
result<merged_lines> merge_ledgers(const std::vector<ledger_source>& from, io::file& to,
                                   const std::string& directory, const merge_rules& rules,
                                   const io::interrupt* stop = nullptr,
                                   const line_listener& hear = {});

}  // namespace retort::engine
