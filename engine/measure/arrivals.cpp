#include "engine/measure/arrivals.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {

std::string_view name(arrival_pattern pattern) {
  switch (pattern) {
    case arrival_pattern::constant: return "constant";
    case arrival_pattern::poisson: return "poisson";
    default: return "gamma";
  }
}

double highest_rate(const arrival_rule& of) {
  const double rate = of.ramp ? std::max(of.rate, of.ramp->to) : of.rate;
  return of.burst ? rate * std::max(1.0, of.burst->factor) : rate;
}

double arrivals::gap() {
  if (rule_.pattern == arrival_pattern::poisson) return chance_.exponential();
  return chance_.gamma(rule_.burstiness) / rule_.burstiness;
}

arrivals::arrivals(const arrival_rule& rule, std::uint64_t seed, std::uint64_t lead)
    : rule_(rule), chance_(seed, drawn_for::schedule), lead_(lead) {
  if (rule.ramp || rule.burst) course_.emplace(rule.rate, rule.ramp, rule.burst);
}

// A constant one is no sum of gaps, the rounding of which would add up.
std::chrono::nanoseconds arrivals::steady() {
  const double mean = 1e9 / rule_.rate;
  if (rule_.pattern == arrival_pattern::constant) {
    last_ = std::llround(static_cast<double>(count_) * 1e9 / rule_.rate);
  } else {
    last_ += std::llround(gap() * mean);
  }
  return std::chrono::nanoseconds(last_);
}

// `last_` is the first's of the course, from which its times are counted.
std::chrono::nanoseconds arrivals::along(rate_course& course) {
  if (rule_.pattern == arrival_pattern::constant) {
    due_ = static_cast<double>(count_ - lead_);
  } else {
    due_ += gap();
  }
  return std::chrono::nanoseconds(last_ + std::llround(course.time_of(due_) * 1e9));
}

std::chrono::nanoseconds arrivals::next() {
  const auto at = course_ && count_ > lead_ ? along(*course_) : steady();
  ++count_;
  return at;
}

}  // namespace retort::engine
