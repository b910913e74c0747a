// A shard of a run is a run of its own, in a directory below the run's, over some of its records
// (shards.md). Pure but for shards_in(); any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "io/base/error.hpp"
#include "io/dataset/row.hpp"

namespace retort::engine {

// A record belongs to shard (ordinal / records_per_block) % N: this is for good, since what a shard
// holds is its own by that.
inline constexpr std::uint64_t records_per_block = 16;

// How often a shard at work, or a run without, says how far it is, for whoever watches: all of them
// together ten times a second at most. And how long it may be late with that, on a file system that
// is, before it counts as ended.
std::chrono::seconds sign_interval(std::uint32_t shards);
std::chrono::seconds silence_limit(std::uint32_t shards);

// The config's records: those of its shard, or all.
io::row_part rows_of(const config& run);
io::row_part rows_of(const shard_config& one);

// RUN/shards/0003-of-0012
std::string shard_directory(const std::string& run_dir, std::uint32_t index, std::uint32_t count);

struct known_shard {
  std::uint32_t index = 0, count = 1;
  std::string path;
};
// Those that have a directory, by count and index. errc::unreadable, errc::disk.
result<std::vector<known_shard>> shards_in(const std::string& run_dir);

// The run of one shard: its directory, its records, its share of limits and budget. It writes no
// outputs, since these are the whole run's. errc::usage for what cannot be divided
// (shard_share.hpp), and for filter.unique of a step before the last, which decides what is asked
// next and would have to know of the other shards.
result<config> shard_of(config whole, std::uint32_t index, std::uint32_t count);
// What it is a shard of, limits and budget aside.
config whole_of(const config& shard);

}  // namespace retort::engine
