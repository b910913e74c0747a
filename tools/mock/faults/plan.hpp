// What chance has in store for each request: its fault, its framing, its latency, the length of
// its answer. Given a seed, the n-th request of a server always gets the n-th plan. No clock. One
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

#include "tools/mock/faults/fault.hpp"
#include "tools/mock/faults/options.hpp"

namespace retort::mock {

// The tail of a lognormal has no end; a request that takes longer than this is a stall.
inline constexpr double max_latency_ms = 3'600'000;

struct plan {
  mock::fault fault = fault::none;
  bool chunked = false;
  std::chrono::microseconds latency{0};
  std::uint64_t output_tokens = 0;  // of the answer; 0: as many as its text has
};

class planner {
 public:
  explicit planner(const options& chosen) : chosen_(chosen), random_(chosen.seed) {}

  plan next();

 private:
  fault next_fault();
  std::chrono::microseconds next_latency();
  std::uint64_t next_output_tokens();
  double lognormal(double median, double sigma);

  options chosen_;
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> uniform_{0, 1};
  std::normal_distribution<double> normal_{0, 1};
};

}  // namespace retort::mock
