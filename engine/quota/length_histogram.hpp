// The distribution of lengths, in constant memory, whatever their range. Plain value, one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace retort::engine {

// Bins of equal ratio: a quantile is right within 5 %. What was seen long ago counts less: about
// the last thousand matter.
class length_histogram {
 public:
  void add(std::int64_t length);  // at least 0

  bool empty() const { return weight_ == 0; }
  // The rest: of at least one.
  double mean() const { return sum_ / weight_; }
  double deviation() const;               // standard
  double seen() const;                    // lengths that are remembered
  std::int64_t quantile(double p) const;  // 0 to 1; an upper end of what holds that share

 private:
  static constexpr std::size_t bin_count = 256;

  std::array<double, bin_count> bins_{};
  double weight_ = 0, sum_ = 0, squares_ = 0;
  double unit_ = 1;  // what the next one weighs: grows instead of all the others shrinking
  void rescale();
};

}  // namespace retort::engine
