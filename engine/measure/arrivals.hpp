// When requests are to go out, drawn beforehand: absolute times that depend on nothing but the
// seed. Made one by one, so that an hour of them takes no room; whoever sends them, and with
// however many loops, takes the next. Plain values; one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/measure/random_stream.hpp"
#include "engine/measure/rate_course.hpp"

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
  std::optional<rate_ramp> ramp = {};
  std::optional<rate_burst> burst = {};
};

// That it comes to at any time, a second.
double highest_rate(const arrival_rule& of);

class arrivals {
 public:
  // The rate changes, where it does, from the request behind the first `lead` on (the warm-up).
  arrivals(const arrival_rule& rule, std::uint64_t seed, std::uint64_t lead = 0);

  // Behind the beginning; never before the one before. The first of a constant rate is at 0.
  std::chrono::nanoseconds next();

 private:
  double gap();  // in units of the mean one
  std::chrono::nanoseconds steady();
  std::chrono::nanoseconds along(rate_course& course);

  arrival_rule rule_;
  random_stream chance_;
  std::uint64_t count_ = 0;  // those before
  std::int64_t last_ = 0;    // ns
  std::optional<rate_course> course_;
  std::uint64_t lead_;
  double due_ = 0;  // behind the lead
};

}  // namespace retort::engine
