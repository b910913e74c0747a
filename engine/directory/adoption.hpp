// The number of shards of a run may change from one submission to the next: what is done already
// stands in ledgers of another number then, or in the run's own. Before a process asks anything, it
// adopts the lines of its own records from them: copies those that its ledger lacks, as they are,
// to its end. That it has done so, and how far, it notes in adopted.json; a process that is killed
// before leaves a beginning of the copies, and the next goes on behind them, since no line is
// copied that is there. Other ledgers are only read. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/directory/run_directory.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/file/file.hpp"
#include "io/ledger/ledger_log.hpp"

namespace retort::engine {

// Of money in nano-dollars, and of tokens; nothing where there is no such budget.
struct budget_left {
  std::optional<std::int64_t> usd_nanos, tokens;

  bool operator==(const budget_left&) const = default;
};

// What adopted.json says.
struct adoption_note {
  // How long each of the other ledgers was when it was adopted from, by its path from the run's
  // directory.
  std::map<std::string, std::uint64_t> seen;
  // What the shard may spend beyond its share of the budget (below zero: less), since that is of
  // what was left when it adopted.
  budget_left beyond_share;
  // While it adopts, and ever after a process that was killed at that: what it had left before;
  // nothing of that where it had no samples.
  std::optional<budget_left> begun;

  bool operator==(const adoption_note&) const = default;
};

// Whether the file system is one of this node alone, so that whoever holds a lock is seen here.
bool knows_all_locks(const std::string& path);

// What cannot be told by a lock: it has not said its end, and has written to its ledger or its
// summary within silence_limit(), by the clock of the file system. Leaves nothing there.
// errc::unreadable, errc::unwritable, errc::disk.
result<bool> may_be_at_work(const run_directory& where, std::uint32_t shards);

// Nothing where there is none. errc::mismatch, errc::unreadable.
result<std::optional<adoption_note>> read_adoption(const run_directory& where);
// errc::disk, errc::unwritable.
result<void> save_adoption(const run_directory& where, const adoption_note& what);

// The ledgers of a run that are not those of the config's own division of it, held so that nobody
// can begin to write to them.
class other_ledgers {
 public:
  // Those with nothing that was paid for (paid_work.hpp) are left out. To be called by who holds
  // its own ledger's lock: of two that would begin at once one sees the other. errc::busy: one of
  // them is being written, as far as locks and, where the file system may not tell of another
  // node's, its times say. errc::usage: one has batches away. errc::mismatch: one holds answers to
  // another config.
  static result<other_ledgers> hold(const config& run);

  struct ledger {
    std::string path, name;  // name: from the run's directory
    std::uint64_t bytes = 0;
    std::unique_ptr<io::file> held;
  };
  const std::vector<ledger>& all() const { return all_; }
  // Some have lines that this note does not know of.
  bool has_news(const adoption_note& known) const;
  std::map<std::string, std::uint64_t> sizes() const;

 private:
  std::vector<ledger> all_;
};

// Copies what the ledger at `own` lacks to its end, as `into` it is open. Returns how many lines.
// Memory: 8 bytes for each line of its own. errc::mismatch, errc::unreadable, errc::cancelled.
result<std::uint64_t> adopt_lines(const config& run, const other_ledgers& from,
                                  const std::string& own, io::ledger_log& into,
                                  const io::interrupt* stop);

}  // namespace retort::engine
