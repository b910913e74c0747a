#include "engine/statistics/percentile.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>

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

// The so-manyth smallest of the cases, each of which has as many values as the others.
double at_case(const log_histogram& of, double which, std::uint64_t cases) {
  if (std::ceil(which) > static_cast<double>(cases)) return std::numeric_limits<double>::infinity();
  const double values = static_cast<double>(of.count()) / static_cast<double>(cases);
  return of.at_rank(static_cast<std::uint64_t>(std::max(1.0, std::ceil(which * values))));
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
  return percentile_of(of, share, {of.count(), 0});
}

std::optional<percentile> percentile_of(const log_histogram& of, double share,
                                        const sampled_cases& cases) {
  const std::uint64_t all = cases.with_values + cases.endless;
  const auto above = samples_above(all, share);
  if (!above) return std::nullopt;
  return percentile{at_case(of, share * static_cast<double>(all), cases.with_values),
                    at_case(of, static_cast<double>(all - *above + 1), cases.with_values)};
}

}  // namespace retort::engine
