// The samples of a ledger, each line once, in their order, as the lines say for themselves: no
// config is needed. What settled a sample first is the last word on it (ledger_lines.md). Memory:
// bits for the samples. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <roaring/roaring64map.hh>
#include <string>
#include <tuple>

#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

enum class standing {
  settled,   // this is its verdict
  open,      // it failed, and a later line may say otherwise
  repeated,  // it has its verdict already
};

class sample_walk {
 public:
  // Where a line stands.
  standing note(const sample& line);
  bool is_settled(const sample_key& key) const;
  // Samples of a step and variant that failed and were not settled since.
  std::uint64_t left_open(std::uint32_t step, std::uint32_t variant) const;
  std::uint64_t left_open() const;
  // Of those that the lines are of, and `known`: a run that ended early may not have come to its.
  std::uint32_t last_step(std::uint32_t known) const;

 private:
  using cell = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
  struct state {
    Roaring64Map settled, open;  // by ordinal
  };
  std::map<cell, state> cells_;  // by step, variant, from and k
};

struct walk_end {
  std::uint64_t lines = 0, damaged = 0;
  std::uint64_t bytes = 0;  // of the ledger: it may have grown since
};

// Told of each line, and of where in the file it begins.
using sample_visitor = std::function<void(const sample& one, standing how, std::uint64_t offset)>;

// Calls visit(sample, standing, offset) for every good line that there is when it begins.
// errc::mismatch names the line that is none of ours, errc::unreadable.
result<walk_end> walk_samples(const std::string& ledger, sample_walk& state,
                              const sample_visitor& visit);

}  // namespace retort::engine
