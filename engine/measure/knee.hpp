// Where more load no longer brings more than it costs: the load of the highest power, throughput
// over response time (Kleinrock, "Power and deterministic rules of thumb for probabilistic problems
// in computer communications", ICC 1979). Of an M/M/1 queue that is at half of what it can carry.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace retort::engine {

struct load_point {
  double throughput = 0, latency = 0;
};

// The place of the knee among the points, which are by rising load; nothing where there is none to
// see: fewer than three, or the power still rises at the last.
std::optional<std::size_t> knee_of(const std::vector<load_point>& points);

}  // namespace retort::engine
