#include "engine/report/spread_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/report/svg_chart.hpp"
#include "engine/text/amounts.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t most_bars = 30;
constexpr double least = 0.5;  // above 0, and below all that a histogram has above it

}  // namespace

std::string spread_chart(std::string_view caption, const log_histogram& of,
                         const std::function<std::string(double)>& name) {
  if (of.count() == 0) return "";
  const auto filled = of.filled();
  const bool has_zeros = filled.front().first == 0;  // which have a bar of their own
  std::vector<chart_bar> all;
  if (has_zeros) {
    const std::uint64_t count = filled.front().second;
    all.push_back({static_cast<double>(count), fmt::format("{}: {}", name(0), grouped(count))});
  }
  if (filled.size() == all.size()) return bar_chart(caption, all, {{0, name(0)}});
  const double low = has_zeros ? filled[1].first : of.smallest(),
               high = std::max(low * 1.02, of.largest());
  const double growth = std::pow(high / low, 1.0 / most_bars);
  for (std::size_t i = 0; i < most_bars; ++i) {
    const double from = low * std::pow(growth, static_cast<double>(i)), to = from * growth;
    const bool is_last = i + 1 == most_bars;
    const std::uint64_t count = of.between(i == 0 ? least : from, is_last ? 1e300 : to);
    all.push_back({static_cast<double>(count),
                   fmt::format("{} to {}: {}", name(from), name(to), grouped(count))});
  }
  const auto bars = static_cast<double>(all.size());
  return bar_chart(caption, all,
                   {{0, name(has_zeros ? 0 : low)},
                    {1 - most_bars / 2 / bars, name(std::sqrt(low * high))},
                    {1, name(high)}});
}

}  // namespace retort::engine
