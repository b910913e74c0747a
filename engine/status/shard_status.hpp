// How far each shard of a run is, from what it writes anyway, and all of them together. Pure; any
// thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/look/run_shards.hpp"

namespace retort::engine {

enum class shard_state {
  waiting,  // it has not begun
  at_work,
  done,
  failed_samples,  // done, and more samples failed than max_failed
  stopped,         // early, or before it began: the same task goes on
  killed,          // it wrote no end, and nobody holds its ledger
  silent,          // the same as far as can be told from here: it has written nothing for long
  unreadable,      // it cannot be looked at
};
std::string_view name(shard_state);

// It is to go on, and somebody has to see to that.
bool is_standing(shard_state);

struct shard_status {
  std::uint32_t index = 0;
  shard_state state = shard_state::waiting;
  std::string reason;                  // why it stopped, or cannot be looked at
  std::int64_t last_ms = 0;            // its last sign of life; Unix epoch, 0: none
  std::uint64_t done = 0;              // samples settled or failed
  std::optional<std::uint64_t> total;  // nothing: not known yet
  std::uint64_t accepted = 0, rejected = 0, failed = 0;
  double per_s = 0;           // samples, while it is at work
  std::optional<double> usd;  // nothing: a price is not known
  std::uint64_t starts = 0;   // processes that have begun

  std::uint64_t left() const { return total ? *total - std::min(done, *total) : 0; }
  // Nothing where it cannot be told.
  std::optional<double> eta_s() const;
};

struct run_status {
  std::vector<shard_status> shards;  // all of them, by index
  shard_status all;                  // sums; `starts` beyond the first of each
  std::uint32_t other_ledgers = 0;   // of other numbers of shards
  std::optional<error> problem;      // of the first that is unreadable
  // Until the last shard is done, if those that stand were to go on as the others do.
  std::optional<double> eta_s;

  bool has_ended() const;  // all are done
  std::uint32_t count(shard_state) const;
};

shard_status status_of(const run_shard& shard, std::int64_t now_ms);
// Of those that the run goes on in.
run_status status_of(const std::vector<run_shard>& all, std::int64_t now_ms);

}  // namespace retort::engine
