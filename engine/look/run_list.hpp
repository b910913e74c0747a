// The runs below a directory: what `retort runs` lists. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/look/found_run.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

enum class run_state {
  at_work,
  done,
  failed_samples,  // done, and more samples failed than max_failed
  stopped,         // early: the same command goes on
  killed,          // it wrote no end
};
std::string_view name(run_state);
run_state state_of(const found_run& of);

struct listed_run {
  std::string directory, name;
  run_state state = run_state::killed;
  std::uint64_t accepted = 0, rejected = 0, failed = 0;
  std::optional<double> usd;
  std::optional<std::uint64_t> records;
  std::int64_t changed_ms = 0;  // Unix epoch
};

// By what its last process noted where that is so still, else by its ledger, line by line.
// errc::mismatch, errc::unreadable.
result<listed_run> list_run(const found_run& of);

// All below `directory`, by name; `skipped` is told of each that cannot be read, and why.
// errc::usage where there is no such directory.
result<std::vector<listed_run>> list_runs(const std::string& directory,
                                          const std::function<void(const error&)>& skipped);

// "now", "5 min", "3 h", "12 d"
std::string age_text(std::int64_t ms);

}  // namespace retort::engine
