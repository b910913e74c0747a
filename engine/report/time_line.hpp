// What went on when, in at most 240 bins of equal width that grow with the time to be shown.
// Plain values; one thread.
#pragma once

#include <cstdint>
#include <vector>

namespace retort::engine {

struct time_bin {
  std::uint64_t finished = 0;  // samples
  std::uint64_t retries = 0;   // their attempts beyond the first
  std::uint64_t limited = 0;   // that gave up while rate limited
  std::int64_t tokens = 0;
  double busy_ms = 0;  // requests times the time that they were in flight
};

class time_line {
 public:
  // One that ended at `at_ms` and was in flight for `ms` before.
  void add(std::int64_t at_ms, double ms, const time_bin& what);

  std::int64_t begin_ms() const { return begin_ms_; }
  std::int64_t width_ms() const { return width_ms_; }
  const std::vector<time_bin>& bins() const { return bins_; }

 private:
  void reach(std::int64_t at_ms);
  void widen();
  time_bin& bin_at(std::int64_t at_ms);

  std::int64_t begin_ms_ = 0, width_ms_ = 1000;
  std::vector<time_bin> bins_;
};

}  // namespace retort::engine
