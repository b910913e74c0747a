// A rate that changes in time, as requests are to go out by it: a ramp from one rate to another,
// bursts, or both. Whoever draws a schedule draws it as of one request a unit of time; this tells
// when so many units are over. So a Poisson process stays one (by time change; Kingman, "Poisson
// Processes", 1993, 4.5), and nothing is sent that the rate does not ask for. Pure; one thread at a
// time.
#pragma once

#include <cstdint>
#include <optional>

namespace retort::engine {

// From the load's rate to this one, along a line, which then stays.
struct rate_ramp {
  double to = 1;      // a second; > 0
  double over_s = 1;  // > 0
  bool operator==(const rate_ramp&) const = default;
};

// Every `period_s` the rate is so many times as high for the last `length_s` of it: it begins with
// what it is besides.
struct rate_burst {
  double factor = 1;                  // >= 0: 0 is a pause
  double length_s = 0, period_s = 1;  // 0 < length < period
  bool operator==(const rate_burst&) const = default;
};

class rate_course {
 public:
  rate_course(double rate, const std::optional<rate_ramp>& ramp,
              const std::optional<rate_burst>& burst);

  // Seconds behind the beginning by which so many requests are due; `due` never goes back.
  double time_of(double due);

 private:
  double end_of_stretch() const;
  double end_of_part() const;
  double rate_of_part(double at) const;  // its own, at that time
  void pass_part(double end);

  double rate_;
  std::optional<rate_ramp> ramp_;
  std::optional<rate_burst> burst_;
  // Between two bends the rate is a straight line: the part at hand, and what was due before it.
  double begin_ = 0, due_ = 0;
  bool is_ramping_;
  std::uint64_t stretch_ = 0;  // of the bursts: odd ones are some
};

}  // namespace retort::engine
