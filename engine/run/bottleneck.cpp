#include "engine/run/bottleneck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace retort::engine {
namespace {

constexpr std::array<std::string_view, bound_by_count> names{
    "request quota", "token quota", "concurrency", "provider latency", "pause",
    "budget",        "CPU",         "disk",        "dataset"};

constexpr double least_shown = 0.005;

}  // namespace

std::string_view name(bound_by what) { return names[static_cast<std::size_t>(what)]; }

void bottleneck::at(time_point now, bound_by what) {
  if (!std::exchange(begun_, true)) since_ = now;
  if (now <= since_) return;
  const double passed = std::chrono::duration<double>(now - since_).count();
  seconds_[static_cast<std::size_t>(what)] += passed;
  all_s_ += passed;
  since_ = now;
}

double bottleneck::share(bound_by what) const {
  return all_s_ > 0 ? seconds_[static_cast<std::size_t>(what)] / all_s_ : 0;
}

std::string bottleneck::summary() const {
  std::array<std::size_t, bound_by_count> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [this](std::size_t a, std::size_t b) { return seconds_[a] > seconds_[b]; });
  std::string text;
  for (const std::size_t i : order) {
    const auto what = static_cast<bound_by>(i);
    if (share(what) < least_shown) break;
    text += fmt::format("{}{} {:.0f} %", text.empty() ? "bound by: " : ", ", name(what),
                        100 * share(what));
  }
  return text;
}

}  // namespace retort::engine
