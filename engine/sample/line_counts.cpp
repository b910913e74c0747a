#include "engine/sample/line_counts.hpp"

#include <algorithm>

namespace retort::engine {

void line_counts::add(std::uint64_t of) {
  for (Roaring64Map& digit : digits_) {
    if (digit.addChecked(of)) return;
    digit.remove(of);  // and carry one
  }
  digits_.emplace_back().add(of);
}

void line_counts::take(std::uint64_t of) {
  const auto lowest =
      std::ranges::find_if(digits_, [of](const Roaring64Map& digit) { return digit.contains(of); });
  if (lowest == digits_.end()) return;
  lowest->remove(of);
  for (auto below = digits_.begin(); below != lowest; ++below) below->add(of);
}

bool line_counts::has_any(std::uint64_t of) const {
  return std::ranges::any_of(digits_,
                             [of](const Roaring64Map& digit) { return digit.contains(of); });
}

}  // namespace retort::engine
