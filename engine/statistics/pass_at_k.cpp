#include "engine/statistics/pass_at_k.hpp"

namespace retort::engine {

// As a product, since the binomials grow out of every number: the paper's figure 3.
double pass_at_k(std::uint64_t n, std::uint64_t right, std::uint64_t k) {
  if (n - right < k) return 1;
  double none = 1;
  for (std::uint64_t i = n - right + 1; i <= n; ++i) {
    none *= 1 - static_cast<double>(k) / static_cast<double>(i);
  }
  return 1 - none;
}

}  // namespace retort::engine
