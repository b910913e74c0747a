#include "engine/measure/arrivals.hpp"

#include <cmath>

namespace retort::engine {

std::string_view name(arrival_pattern pattern) {
  switch (pattern) {
    case arrival_pattern::constant: return "constant";
    case arrival_pattern::poisson: return "poisson";
    default: return "gamma";
  }
}

double arrivals::gap() {
  if (rule_.pattern == arrival_pattern::poisson) return chance_.exponential();
  return chance_.gamma(rule_.burstiness) / rule_.burstiness;
}

// A constant one is no sum of gaps, the rounding of which would add up.
std::chrono::nanoseconds arrivals::next() {
  const double mean = 1e9 / rule_.rate;
  if (rule_.pattern == arrival_pattern::constant) {
    return std::chrono::nanoseconds(std::llround(static_cast<double>(count_++) * 1e9 / rule_.rate));
  }
  last_ += std::llround(gap() * mean);
  return std::chrono::nanoseconds(last_);
}

}  // namespace retort::engine
