// When requests are to go out, drawn beforehand: absolute times that depend on nothing but the
// seed. Made one by one, so that an hour of them takes no room; whoever sends them, and with
// however many loops, takes the next. Plain values; one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "engine/measure/random_stream.hpp"

namespace retort::engine {

enum class arrival_pattern {
  constant,  // one every 1/rate
  poisson,   // gaps exponential: independent users
  gamma,     // gaps of a gamma distribution of shape `burstiness` and mean 1/rate, as vLLM has them
};
std::string_view name(arrival_pattern pattern);

struct arrival_rule {
  double rate = 1;  // a second; > 0
  arrival_pattern pattern = arrival_pattern::poisson;
  double burstiness = 1;  // gamma's shape: 1 is poisson, less comes in bursts, more is evener
};

class arrivals {
 public:
  arrivals(const arrival_rule& rule, std::uint64_t seed)
      : rule_(rule), chance_(seed, drawn_for::schedule) {}

  // Behind the beginning; never before the one before. The first of a constant rate is at 0.
  std::chrono::nanoseconds next();

 private:
  double gap();  // in units of the mean one

  arrival_rule rule_;
  random_stream chance_;
  std::uint64_t count_ = 0;
  std::int64_t last_ = 0;  // ns
};

}  // namespace retort::engine
