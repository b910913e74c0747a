// Which loop carries the next request: the one with the fewest under way, in turn among equals.
// Pure; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace retort::engine {

class dealer {
 public:
  explicit dealer(std::size_t loops) : under_way_(loops) {}  // at least one

  std::size_t deal() {
    const std::size_t loops = under_way_.size();
    std::size_t best = next_;
    for (std::size_t i = 1; i < loops; ++i) {
      const std::size_t one = (next_ + i) % loops;
      if (under_way_[one] < under_way_[best]) best = one;
    }
    next_ = (best + 1) % loops;
    ++under_way_[best];
    return best;
  }
  void ended(std::size_t on) { --under_way_[on]; }

 private:
  std::vector<std::uint64_t> under_way_;
  std::size_t next_ = 0;
};

}  // namespace retort::engine
