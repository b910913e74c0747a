#include "engine/statistics/percentile.hpp"

#include <boost/math/special_functions/beta.hpp>

namespace retort::engine {
namespace {

// That at most t of n lie above, where each does by itself with probability 1 - share.
double at_most(std::uint64_t t, std::uint64_t n, double share) {
  if (t >= n) return 1;
  const auto above = static_cast<double>(t), all = static_cast<double>(n);
  return boost::math::ibeta(all - above, above + 1, share);
}

bool is_rare(std::uint64_t t, std::uint64_t n, double share) {
  return at_most(t, n, share) <= 1 - percentile_confidence;
}

}  // namespace

std::optional<std::uint64_t> samples_above(std::uint64_t n, double share) {
  if (!is_rare(1, n, share)) return std::nullopt;
  std::uint64_t rare = 1, common = n;
  while (common - rare > 1) {
    const std::uint64_t middle = rare + (common - rare) / 2;
    (is_rare(middle, n, share) ? rare : common) = middle;
  }
  return rare;
}

std::uint64_t least_samples(double share) {
  std::uint64_t enough = 2;
  while (!is_rare(1, enough, share)) enough *= 2;
  std::uint64_t too_few = enough / 2;
  while (enough - too_few > 1) {
    const std::uint64_t middle = too_few + (enough - too_few) / 2;
    (is_rare(1, middle, share) ? enough : too_few) = middle;
  }
  return enough;
}

std::optional<percentile> percentile_of(const log_histogram& of, double share) {
  const auto above = samples_above(of.count(), share);
  if (!above) return std::nullopt;
  return percentile{*of.quantile(share), of.at_rank(of.count() - *above + 1)};
}

}  // namespace retort::engine
