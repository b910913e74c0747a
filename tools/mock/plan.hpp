// What chance has in store for each request: its fault, its framing, its latency. Given a seed,
// the n-th request of a server always gets the n-th plan. No clock. One thread.
#pragma once

#include <chrono>
#include <random>

#include "tools/mock/fault.hpp"
#include "tools/mock/options.hpp"

namespace retort::mock {

struct plan {
  mock::fault fault = fault::none;
  bool chunked = false;
  std::chrono::microseconds latency{0};
};

class planner {
 public:
  explicit planner(const options& chosen) : chosen_(chosen), random_(chosen.seed) {}

  plan next();

 private:
  fault next_fault();
  std::chrono::microseconds next_latency();

  options chosen_;
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> uniform_{0, 1};
  std::normal_distribution<double> normal_{0, 1};
};

}  // namespace retort::mock
