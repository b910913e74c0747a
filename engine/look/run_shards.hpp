// The shards of a run, as they are found on disk by whoever only looks. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/look/found_run.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct run_shard {
  known_shard which;
  std::optional<found_run> found;  // nothing: it has a directory, and no ledger yet
  std::optional<error> problem;    // why it cannot be looked at

  // All of its records are done, as far as the last process read the dataset.
  bool is_finished() const;
};

// By count and index. Two look-ups and a file read for each. errc::unreadable, errc::disk; as a
// shard's problem errc::mismatch, too.
result<std::vector<run_shard>> look_at_shards(const std::string& run_dir);

// The number of shards that the run goes on in: that of the shard which began last. 0: none has.
std::uint32_t present_count(const std::vector<run_shard>& shards);
// Those of so many.
std::vector<run_shard> shards_of(const std::vector<run_shard>& all, std::uint32_t count);

// Which of so many have no ledger, in words ("3, 7 to 9"), and which are not finished, with what
// is known of why ("5 (killed)"). "": none.
std::string missing_shards(const std::vector<run_shard>& of_count, std::uint32_t count);
std::string unfinished_shards(const std::vector<run_shard>& of_count);

}  // namespace retort::engine
