// How far a trial is while it runs, in words: rows for a terminal, a line elsewhere. What it says
// of times is what came so far, stated or not: the table has what may be stated. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/measure/tally.hpp"

namespace retort::engine {

struct trial_progress {
  std::string what;                          // its endpoint, where there are several, and its load
  std::string_view part;                     // "warm-up"; "" of the measured
  std::chrono::duration<double> elapsed{0};  // of the measured part
  // Of that part: requests or time. Both unset: there is no telling.
  std::optional<std::uint64_t> requests = {};
  std::optional<std::chrono::duration<double>> duration = {};
  std::uint64_t in_flight = 0;
  const tally* so_far = nullptr;  // of the measured requests that ended
};

// Nothing before there is anything to tell it by.
std::optional<std::chrono::duration<double>> left_of(const trial_progress& at);

std::string progress_line(const trial_progress& at);
std::vector<std::string> progress_rows(const trial_progress& at);

}  // namespace retort::engine
