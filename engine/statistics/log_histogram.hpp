// How numbers are spread, in constant memory: bins whose bounds grow by 2 %, so that a quantile is
// off by 1 % at most, whatever it is of. Plain values; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace retort::engine {

class log_histogram {
 public:
  void add(double value);  // below 1 counts as 0
  std::uint64_t count() const { return count_; }
  // The value that so much of them are at most (0 to 1), to 1 %. Nothing of nothing.
  std::optional<double> quantile(double share) const;

  // So many of them between two bounds, each bin as a whole by its middle.
  std::uint64_t between(double low, double below) const;
  double largest() const { return largest_; }
  double smallest() const { return smallest_; }

 private:
  std::uint64_t zeros_ = 0, count_ = 0;
  double largest_ = 0, smallest_ = 0;
  std::vector<std::uint64_t> bins_;
};

}  // namespace retort::engine
