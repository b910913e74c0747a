#include "engine/statistics/bootstrap.hpp"

#include <algorithm>
#include <iterator>

namespace retort::engine {
namespace {

constexpr std::size_t draws = 1000;
constexpr std::uint64_t first_seed = 1;

// SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every machine, which <random>'s
// distributions do not promise.
class generator_of_draws {
 public:
  // From 0 to below `end`, which is far less than 2^32: Lemire's multiplication, whose bias is.
  std::size_t below(std::size_t end) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    mixed ^= mixed >> 31;
    return static_cast<std::size_t>(((mixed >> 32) * end) >> 32);
  }

 private:
  std::uint64_t state_ = first_seed;
};

// The value below which so much of a sorted list is, between its neighbours.
double quantile_of(std::span<const double> sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::optional<estimate> interval_of(double value, std::vector<double> drawn) {
  if (drawn.empty()) return estimate{value, value, value};
  std::ranges::sort(drawn);
  return estimate{value, quantile_of(drawn, 0.025), quantile_of(drawn, 0.975)};
}

ratio sum_of(std::span<const ratio> parts) {
  ratio all;
  for (const ratio& one : parts) all += one;
  return all;
}

}  // namespace

ratio& ratio::operator+=(const ratio& more) {
  sum += more.sum;
  count += more.count;
  return *this;
}

std::optional<double> ratio::mean() const {
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

void grouped_ratio::add(std::uint64_t record, double value, double weight) {
  const auto group = static_cast<std::size_t>(record % groups);
  if (group >= parts_.size()) parts_.resize(group + 1);
  parts_[group].add(value, weight);
}

ratio grouped_ratio::all() const { return sum_of(parts_); }

std::optional<estimate> bootstrap(std::span<const ratio> groups) {
  std::vector<ratio> held;
  std::ranges::copy_if(groups, std::back_inserter(held),
                       [](const ratio& one) { return one.count > 0; });
  const auto value = sum_of(held).mean();
  if (!value) return std::nullopt;
  generator_of_draws random;
  std::vector<double> drawn;
  drawn.reserve(draws);
  for (std::size_t i = 0; i < draws; ++i) {
    ratio all;
    for (std::size_t j = 0; j < held.size(); ++j) all += held[random.below(held.size())];
    drawn.push_back(*all.mean());
  }
  return interval_of(*value, std::move(drawn));
}

}  // namespace retort::engine
