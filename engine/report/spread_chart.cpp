#include "engine/report/spread_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/report/svg_chart.hpp"
#include "engine/text/amounts.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t most_bars = 30;

}  // namespace

std::string spread_chart(std::string_view caption, const log_histogram& of,
                         const std::function<std::string(double)>& name) {
  if (of.count() == 0) return "";
  const double low = std::max(1.0, of.smallest()), high = std::max(low * 1.02, of.largest());
  const double growth = std::pow(high / low, 1.0 / most_bars);
  std::vector<chart_bar> all;
  for (std::size_t i = 0; i < most_bars; ++i) {
    const double from = low * std::pow(growth, static_cast<double>(i)), to = from * growth;
    const bool is_last = i + 1 == most_bars;
    const std::uint64_t count = of.between(i == 0 ? 0 : from, is_last ? 1e300 : to);
    all.push_back({static_cast<double>(count),
                   fmt::format("{} to {}: {}", name(from), name(to), grouped(count))});
  }
  return bar_chart(caption, all,
                   {{0, name(low)}, {0.5, name(std::sqrt(low * high))}, {1, name(high)}});
}

}  // namespace retort::engine
