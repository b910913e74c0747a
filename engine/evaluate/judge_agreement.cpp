#include "engine/evaluate/judge_agreement.hpp"

namespace retort::engine {
namespace {

// Over all ordered pairs of n numbers.
double squared_differences(double n, double sum, double squares) {
  return 2 * (n * squares - sum * sum);
}

}  // namespace

void judge_agreement::add(std::span<const double> scores) {
  if (scores.size() < 2) return;
  double sum = 0, squares = 0;
  for (const double one : scores) sum += one, squares += one * one;
  const auto n = static_cast<double>(scores.size());
  within_ += squared_differences(n, sum, squares) / (n - 1);
  values_ += n, sum_ += sum, squares_ += squares;
  ++samples_;
}

std::optional<double> judge_agreement::alpha() const {
  const double by_chance = squared_differences(values_, sum_, squares_) / (values_ - 1);
  // Less than rounding makes of equal scores.
  constexpr double least = 1e-9;
  if (samples_ == 0 || by_chance < least * values_) return std::nullopt;
  return 1 - within_ / by_chance;
}

}  // namespace retort::engine
