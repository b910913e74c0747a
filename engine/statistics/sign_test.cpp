#include "engine/statistics/sign_test.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {

// Twice the tail of the binomial distribution of n halves, from its largest term on: those that
// follow are too small to count soon.
double sign_test(std::uint64_t better, std::uint64_t worse) {
  const auto n = static_cast<double>(better + worse);
  const auto least = static_cast<double>(std::min(better, worse));
  if (n == 0) return 1;
  const double log_term =
      std::lgamma(n + 1) - std::lgamma(least + 1) - std::lgamma(n - least + 1) - n * std::log(2.0);
  double term = std::exp(log_term), tail = 0;
  for (double k = least; k >= 0 && term > tail * 1e-17; --k) {
    tail += term;
    term *= k / (n - k + 1);
  }
  return std::min(1.0, 2 * tail);
}

}  // namespace retort::engine
