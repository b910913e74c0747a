#include "engine/contrast/spread.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/statistics/percentile.hpp"
#include "engine/statistics/t_interval.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t draws = 2000;
constexpr std::uint64_t draws_seed = 1;
// A file is from anywhere: so many of one value that no sum of them overflows.
constexpr std::uint64_t most_of_a_value = std::uint64_t{1} << 32;

struct log_mean {
  double mean = 0, error_squared = 0, freedom = 0;
};

log_mean log_mean_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double one : values) sum += std::log(one);
  const double mean = sum / n;
  for (const double one : values) squares += (std::log(one) - mean) * (std::log(one) - mean);
  return {mean, squares / (n - 1) / n, n - 1};
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

bool are_above_zero(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double one) { return one > 0; });
}

double squared(double value) { return value * value; }

// Welch (1947) and Satterthwaite.
double freedom_of(const log_mean& one, const log_mean& other) {
  const double both = one.error_squared + other.error_squared;
  const double parts =
      squared(one.error_squared) / one.freedom + squared(other.error_squared) / other.freedom;
  return parts > 0 ? squared(both) / parts : 1;
}

}  // namespace

spread::spread(std::vector<std::pair<double, std::uint64_t>> values, std::uint64_t cases)
    : upto_(std::move(values)) {
  std::ranges::sort(upto_);
  double sum = 0;
  for (auto& [value, count] : upto_) {
    count = std::min(count, most_of_a_value);
    sum += value * static_cast<double>(count);
    count_ += count;
  }
  if (count_ == 0) return;
  cases_ = cases == 0 ? count_ : std::min(cases, count_);
  mean_ = sum / static_cast<double>(count_);
  double squares = 0;
  std::uint64_t before = 0;
  for (auto& [value, count] : upto_) {
    squares += squared(value - mean_) * static_cast<double>(count);
    before = count += before;
  }
  error_ = std::sqrt(squares / static_cast<double>(count_) / static_cast<double>(cases_));
}

double spread::at(double place) const {
  const auto rank = static_cast<std::uint64_t>(std::ceil(place * static_cast<double>(count_)));
  const auto found = std::ranges::lower_bound(upto_, std::clamp<std::uint64_t>(rank, 1, count_), {},
                                              &std::pair<double, std::uint64_t>::second);
  return found->first;
}

std::optional<double> spread::percentile(double share) const {
  if (cases_ == 0 || !samples_above(cases_, share)) return std::nullopt;
  return at(share);
}

double spread::drawn_percentile(double share, random_stream& chance) const {
  const auto n = static_cast<double>(cases_);
  const double k = std::max(1.0, std::ceil(share * n));
  const double below = chance.gamma(k), above = chance.gamma(n + 1 - k);
  return at(below / (below + above));
}

double spread::drawn_mean(random_stream& chance) const { return mean_ + error_ * chance.normal(); }

double share_more(double first, double other) {
  if (first == other) return 0;
  if (first == 0) return std::numeric_limits<double>::infinity();
  return other / first - 1;
}

relative_change resampled(double first, double other, const spread& of_first,
                          const spread& of_other,
                          const std::function<double(const spread&, random_stream&)>& figure) {
  relative_change out{share_more(first, other), {}, {}};
  if (of_first.cases() < 2 || of_other.cases() < 2) {
    out.low = -1, out.high = std::numeric_limits<double>::infinity();
    return out;
  }
  random_stream chance(draws_seed, drawn_for::sampling);
  std::vector<double> drawn(draws);
  for (double& one : drawn) {
    const double before = figure(of_first, chance), after = figure(of_other, chance);
    one = share_more(before, after);
  }
  std::ranges::sort(drawn);
  out.low = std::min(drawn[draws / 40], out.value);
  out.high = std::max(drawn[draws - 1 - draws / 40], out.value);
  return out;
}

relative_change repeated(const std::vector<double>& first, const std::vector<double>& other) {
  relative_change out{share_more(mean_of(first), mean_of(other)), {}, {}};
  if (!are_above_zero(first) || !are_above_zero(other)) return out;
  const log_mean one = log_mean_of(first), two = log_mean_of(other);
  const double half =
      student_t(freedom_of(one, two)) * std::sqrt(one.error_squared + two.error_squared);
  out.low = std::min(std::expm1(two.mean - one.mean - half), out.value);
  out.high = std::max(std::expm1(two.mean - one.mean + half), out.value);
  return out;
}

}  // namespace retort::engine
