// How numbers are spread, in bounded memory: log-linear bins, 256 to each doubling (as HdrHistogram
// has them), so that a quantile is off by at most `relative_error`, whatever it is of; count, sum,
// smallest and largest are exact. What is missing is not added, and never counts as 0. At most
// 136 KB. Plain values; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace retort::engine {

class log_histogram {
 public:
  // Of a bin's middle from any number in it.
  static constexpr double relative_error = 1.0 / 512;

  void add(double value, std::uint64_t times = 1);  // below 1 counts as 0

  std::uint64_t count() const { return count_; }
  // Exact for whole numbers as long as it is below 2^63.
  double sum() const { return static_cast<double>(sum_); }
  std::optional<double> mean() const;
  // The value that so much of them are at most (0 to 1), by nearest rank. Nothing of nothing.
  std::optional<double> quantile(double share) const;
  // The rank-th smallest, from 1 to count().
  double at_rank(std::uint64_t rank) const;

  // So many of them between two bounds, each bin as a whole by its middle.
  std::uint64_t between(double low, double below) const;
  // Of each bin that holds something, the smallest first: its middle, no less than the smallest
  // value and no more than the largest, and how many are in it.
  std::vector<std::pair<double, std::uint64_t>> filled() const;
  double largest() const { return largest_; }
  double smallest() const { return smallest_; }

 private:
  std::uint64_t zeros_ = 0, count_ = 0;
  long double sum_ = 0;
  double largest_ = 0, smallest_ = 0;
  std::vector<std::uint64_t> bins_;
};

}  // namespace retort::engine
