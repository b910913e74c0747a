// The mean and the deviation of lengths, in constant memory. Plain value, one thread.
#pragma once

#include <cstdint>

namespace retort::engine {

// What was seen long ago counts less: about the last thousand matter.
class recent_lengths {
 public:
  void add(std::int64_t length);  // at least 0

  bool empty() const { return weight_ == 0; }
  // The rest: of at least one.
  double mean() const { return sum_ / weight_; }
  double deviation() const;  // standard
  double seen() const;       // lengths that are remembered

 private:
  double weight_ = 0, sum_ = 0, squares_ = 0;
  double unit_ = 1;  // what the next one weighs: grows instead of all the others shrinking
  void rescale();
};

}  // namespace retort::engine
