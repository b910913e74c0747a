// Two benchmarks held against each other: the loads that both measured, what changed of each
// figure, and whether a stated limit is exceeded. Runs of unlike requests are refused. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/contrast/figure.hpp"
#include "engine/contrast/measured_load.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// What an interval is of: repeated runs of both, or the requests of one run each.
enum class drawn_from { nothing, runs, requests };

struct figure_change {
  const figure* of = nullptr;
  double first = 0, other = 0;  // the mean over the runs
  relative_change by;           // of a share (`failed`, `empty`): in points of 1
  drawn_from interval = drawn_from::nothing;
};

// One that was stated, at a load.
struct judged_limit {
  stated_limit limit;
  bool is_exceeded = false;  // beyond it, and no chance where there is an interval
  std::string why;           // in words
};

struct compared_load {
  std::string load;
  std::vector<std::string> doubts;  // DEGRADED, of which file and why
  std::vector<figure_change> figures;
  std::vector<judged_limit> limits;
};

struct contrast {
  std::vector<compared_load> loads;
  std::vector<std::string> notes;    // what is compared with reserve, and what is left out
  std::vector<std::string> missing;  // loads of the first that the other has not
  bool is_any_exceeded() const;
};

// errc::mismatch: unlike runs, or a limit's figure that a file does not tell.
result<contrast> hold_against(const benchmark_file& first, const benchmark_file& other,
                              const std::vector<stated_limit>& limits);

}  // namespace retort::engine
