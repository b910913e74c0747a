#include "engine/measure/load_search.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

constexpr double near_enough = 1.05;

}  // namespace

std::optional<double> load_search::next() const {
  if (!best_) return missed_ ? std::nullopt : std::optional(low_);
  if (!missed_) {
    return *best_ < high_ ? std::optional(std::min(high_, *best_ * 2)) : std::nullopt;
  }
  if (*missed_ / *best_ <= near_enough) return std::nullopt;
  const double middle = std::sqrt(*best_ * *missed_);
  if (!whole_) return middle;
  const double rounded = std::clamp(std::round(middle), *best_ + 1, *missed_);
  return rounded < *missed_ ? std::optional(rounded) : std::nullopt;
}

void load_search::tell(double load, kept how) {
  if (how == kept::yes) {
    best_ = std::max(best_.value_or(load), load);
  } else {
    missed_ = std::min(missed_.value_or(load), load);
  }
}

}  // namespace retort::engine
