#include "tools/mock/plan.hpp"

#include <algorithm>
#include <cmath>

namespace retort::mock {
namespace {

// The tail of a lognormal has no end; a request that takes longer than this is a stall.
constexpr double max_latency_ms = 3'600'000;

}  // namespace

plan planner::next() {
  plan drawn;
  drawn.fault = next_fault();
  drawn.chunked = uniform_(random_) < chosen_.chunked;
  drawn.latency = next_latency();
  return drawn;
}

fault planner::next_fault() {
  double left = uniform_(random_);
  for (std::size_t i = 0; i < fault_count; ++i) {
    const auto candidate = static_cast<fault>(i);
    left -= rate_of(chosen_, candidate);
    if (left < 0) return candidate;
  }
  return fault::none;
}

std::chrono::microseconds planner::next_latency() {
  if (chosen_.latency_ms == 0) return {};
  const double drawn = chosen_.latency_ms * std::exp(chosen_.latency_sigma * normal_(random_));
  return std::chrono::microseconds(std::llround(std::min(drawn, max_latency_ms) * 1000));
}

}  // namespace retort::mock
