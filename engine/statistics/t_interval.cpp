#include "engine/statistics/t_interval.hpp"

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

namespace retort::engine {
// By way of the beta distribution: n / (n + t^2) is beta distributed with n / 2 and 1 / 2. In
// double: valgrind has no longer ones, and Boost's tables of those end the program there at its
// start.
double student_t(double freedom) {
  using namespace boost::math::policies;
  constexpr policy<promote_double<false>> in_double;
  const double x = boost::math::ibeta_inv(freedom / 2, 0.5, 0.05, in_double);
  return std::sqrt(freedom * (1 - x) / x);
}

std::optional<t_interval> t_interval_of(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double one : values) sum += one;
  const double mean = sum / n;
  for (const double one : values) squares += (one - mean) * (one - mean);
  const double half = student_t(n - 1) * std::sqrt(squares / (n - 1) / n);
  return t_interval{mean, mean - half, mean + half};
}

}  // namespace retort::engine
