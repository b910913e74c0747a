#include "engine/measure/knee.hpp"

namespace retort::engine {

std::optional<std::size_t> knee_of(const std::vector<load_point>& points) {
  if (points.size() < 3) return std::nullopt;
  std::size_t best = 0;
  const auto power = [&](std::size_t at) {
    return points[at].latency > 0 ? points[at].throughput / points[at].latency : 0;
  };
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (power(i) > power(best)) best = i;
  }
  if (best + 1 == points.size() || !(power(best) > 0)) return std::nullopt;
  return best;
}

}  // namespace retort::engine
