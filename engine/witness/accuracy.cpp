#include "engine/witness/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retort::engine {

void accuracy::add(const assessor& by, const sample& judged) {
  const auto is_right = judged.is_unjudged ? std::nullopt : by.is_right(judged);
  ++(!is_right ? unscored : *is_right ? right : wrong);
  const verdict said = judged.verdict();
  accepted += said == verdict::accepted;
  rejected += said == verdict::rejected;
}

std::optional<double> accuracy::share() const {
  if (right + wrong == 0) return std::nullopt;
  return static_cast<double>(right) / static_cast<double>(right + wrong);
}

std::optional<std::pair<double, double>> accuracy::share_between() const {
  const auto p = share();
  if (!p) return std::nullopt;
  constexpr double z = 1.959964;  // of the normal distribution, 97.5 %
  const auto n = static_cast<double>(right + wrong);
  const double middle = (*p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(*p * (1 - *p) / n + z * z / (4 * n * n));
  return std::pair(std::max(0.0, middle - half), std::min(1.0, middle + half));
}

std::string text_of(const accuracy& of) {
  const auto share = of.share();
  std::string out =
      share ? fmt::format("{:.1f} % right ({:.1f} to {:.1f}), {} of {}", *share * 100,
                          of.share_between()->first * 100, of.share_between()->second * 100,
                          of.right, of.right + of.wrong)
            : std::string("no answer could be scored");
  if (of.unscored > 0) out += fmt::format("; {} unscored", of.unscored);
  return out + fmt::format("; {} accepted, {} rejected", of.accepted, of.rejected);
}

}  // namespace retort::engine
