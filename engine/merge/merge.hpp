// The shards of a run put together: one ledger in the dataset's order, and from that the outputs,
// the card and the totals, by the fold of an export. Shards are only read. What is there already is
// replaced whole or not at all; a merge that was killed is made again. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/config/config.hpp"
#include "engine/export/export.hpp"
#include "engine/merge/merged_ledger.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"

namespace retort::engine {

struct merge_options {
  bool allow_missing = false;  // shards that are not there, not finished, or damaged
  bool allow_overlap = false;  // samples that two shards have settled
  std::shared_ptr<io::interrupt> stop = std::make_shared<io::interrupt>();  // errc::cancelled
  std::function<void(const std::string& line)> say;  // hears what a person must know
};

struct merge_summary {
  std::uint32_t shards = 0;   // that the run goes on in
  std::uint32_t ledgers = 0;  // that were read, those of other numbers of shards among them
  merged_lines lines;
  // Samples that finished shards have told of, by the folds over their ledgers, and that are in
  // none of these: two processes that did not see each other's locks wrote over each other.
  std::uint64_t lost = 0;
  export_summary outputs;
};

// The config that the shards of this run were made with: all those that it goes on in must have
// kept the same. Paths in it count from where they were started: the working directory becomes
// that one. `run_dir` as it is given. errc::usage, errc::mismatch, errc::unreadable.
result<config> config_of_shards(const std::string& run_dir,
                                const std::vector<override_value>& overrides);

// `whole`: the config of the run, not of a shard. errc::usage where it has no shards.
// errc::mismatch: shards that are missing or not finished, with which and why; of other configs or
// datasets; and as merge_ledgers(). errc::busy where a process is at work on the run's own ledger.
result<merge_summary> merge_shards(const config& whole, const merge_options& options);

}  // namespace retort::engine
