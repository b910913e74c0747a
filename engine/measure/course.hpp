// What went on when in a trial: at most 240 bins of equal width, which grows with the time to be
// shown. Plain values; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "engine/measure/measurement.hpp"

namespace retort::engine {

struct course_bin {
  std::uint64_t ended = 0,
                failed = 0;        // requests whose end falls in it; failed ones are of `ended`
  std::int64_t output_tokens = 0;  // of those that tell them
  double under_way_s = 0;          // of all requests together
  // Of those that ended in it: first content of a stream, else the last, in ms.
  double latency_ms = 0;
  std::uint64_t with_latency = 0;
};

class course {
 public:
  void add(const measurement& one);

  double width_s() const { return std::chrono::duration<double>(width_).count(); }
  const std::vector<course_bin>& bins() const { return bins_; }

 private:
  using time = std::chrono::nanoseconds;

  void reach(time at);
  course_bin& bin_at(time at);
  void fill(time from, time until);

  measurement::stamp begin_;
  time width_ = std::chrono::milliseconds(10);
  std::vector<course_bin> bins_;
};

}  // namespace retort::engine
