// A run as it is found on disk by whoever only looks: no config is needed, nothing is locked or
// changed, and a run at work is not disturbed. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/directory/run_directory.hpp"
#include "engine/directory/run_facts.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct found_run {
  run_directory where;
  std::string name;  // the directory's, as it was given
  std::optional<run_facts> facts;
  bool is_at_work = false;         // a process holds the ledger
  std::uint64_t ledger_bytes = 0;  // just now
  std::int64_t changed_ms = 0;     // when the ledger was written to last; Unix epoch

  // The facts' counts are those of the whole ledger: the run has ended, and nothing came behind.
  bool is_summed_up() const;
  // Failed samples that the summary does not count (engine/plan/unneeded.hpp); 0 without one.
  std::uint64_t unneeded(std::uint32_t step, std::uint32_t variant) const;
  // One that was killed at once has none, and perhaps no manifest either.
  bool has_samples() const;
};

// A run directory, or the name of one below runs/. errc::usage with what was expected and the near
// miss; errc::mismatch, errc::unreadable.
result<found_run> find_run(const std::string& named);

// The directory, or the one of that name below runs/; nothing where neither is there.
// errc::unreadable, errc::disk.
result<std::optional<std::string>> find_directory(const std::string& named);
// `; did you mean "that"?` of the names below runs/, or "".
std::string near_run(const std::string& named);

// What is said of a run whose shards, of which this is one, are not one ledger yet.
error unmerged(const std::string& directory, const known_shard& one);

// What is in this directory; nothing where that is no run. errc::mismatch, errc::unreadable,
// errc::disk.
result<std::optional<found_run>> look_at(const std::string& directory);

// A process holds the lock of this file, as /proc/locks has it (proc(5)): to try the lock would be
// in the way of a run that begins just then.
bool is_locked(const std::string& path);

}  // namespace retort::engine
