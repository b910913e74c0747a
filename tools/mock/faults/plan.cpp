#include "tools/mock/faults/plan.hpp"

#include <algorithm>
#include <cmath>

namespace retort::mock {
namespace {

// Half a megabyte of text, as long as the longest answer of any model.
constexpr double max_output_tokens = 131'072;

}  // namespace

plan planner::next() {
  plan drawn;
  drawn.fault = next_fault();
  drawn.chunked = uniform_(random_) < chosen_.chunked;
  drawn.latency = next_latency();
  drawn.output_tokens = next_output_tokens();
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
  const double drawn = lognormal(chosen_.latency_ms, chosen_.latency_sigma);
  return std::chrono::microseconds(std::llround(std::min(drawn, max_latency_ms) * 1000));
}

std::uint64_t planner::next_output_tokens() {
  if (chosen_.output_tokens == 0) return 0;
  const auto median = static_cast<double>(chosen_.output_tokens.value);
  const double drawn = lognormal(median, chosen_.output_sigma);
  return static_cast<std::uint64_t>(std::llround(std::clamp(drawn, 1.0, max_output_tokens)));
}

double planner::lognormal(double median, double sigma) {
  return median * std::exp(sigma * normal_(random_));
}

}  // namespace retort::mock
