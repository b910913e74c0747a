#include "engine/text/amounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace retort::engine {

std::string grouped(std::uint64_t number) {
  std::string digits = fmt::format_int(number).str();
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string duration_text(std::chrono::duration<double> time) {
  const auto seconds = static_cast<std::uint64_t>(std::llround(std::max(0.0, time.count())));
  const auto [h, m, s] = std::tuple(seconds / 3600, seconds / 60 % 60, seconds % 60);
  return h ? fmt::format("{}:{:02}:{:02}", h, m, s) : fmt::format("{}:{:02}", m, s);
}

}  // namespace retort::engine
