// What the measurements of a trial come to: a histogram of every metric, counts by class, tokens,
// goodput. Memory does not grow with the requests. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/measure/measurement.hpp"
#include "engine/measure/slo.hpp"
#include "engine/statistics/log_histogram.hpp"

namespace retort::engine {

struct failure_class {
  std::uint64_t count = 0;
  std::string example;  // the first one's message
};

// Tokens are stated only where every success has a count: else their sum would be too small.
struct token_count {
  std::uint64_t sum = 0;
  std::uint64_t untold = 0;  // successes without a count
  void add(std::int64_t told) { told < 0 ? void(++untold) : void(sum += std::uint64_t(told)); }
};

class tally {
 public:
  void add(const measurement& one, const std::vector<slo>& slos);

  const log_histogram& of(metric what) const { return spread_[static_cast<std::size_t>(what)]; }
  std::uint64_t requests() const { return successes + failures; }

  // The requests that have values: of gaps those with any.
  std::uint64_t samples(metric what) const {
    return what == metric::icl ? with_gaps_ : of(what).count();
  }
  // A percentile of the values: of gaps as of so many requests. Nothing of too few.
  std::optional<percentile> stated(metric what, double share) const;
  // A failed request misses each; so does an answer without a value that every answer has.
  kept keeps(const slo& one) const;
  kept keeps_all(const std::vector<slo>& slos) const;  // yes where there are none

  // From the first written to the last end, of successes and failures, in seconds; 0 of nothing.
  double wall_s() const;
  // A second; nothing where there is no wall time, or tokens are not told.
  std::optional<double> success_rate() const;
  std::optional<double> goodput(const std::vector<slo>& slos) const;  // nor where an SLO is untold
  std::optional<double> rate_of(const token_count& tokens) const;
  // By Little's law: requests in flight on average.
  std::optional<double> mean_in_flight() const;

  std::uint64_t successes = 0, failures = 0;
  std::uint64_t good = 0;   // successes that keep every SLO
  std::uint64_t empty = 0;  // successes without content
  std::uint64_t chunks = 0;
  // Of those that were to be given up; neither is a success or a failure.
  std::uint64_t cancelled = 0, outran = 0, fell = 0;  // in time; answered, failed before
  std::uint64_t to_cancel() const { return cancelled + outran + fell; }
  token_count input, cached, cache_written, output, reasoning;
  std::map<std::string, failure_class> by_class;          // "rate_limited 429", "overloaded 529"
  std::map<std::string, std::uint64_t> finish_reasons;    // of successes
  std::uint64_t connections = 0, reused = 0, resent = 0;  // opened for a request; kept ones used

 private:
  void add_failure(const providers::failure& why);
  void add_given_up(const measurement& one);
  void add_success(const measurement& one, const std::vector<slo>& slos);

  void stretch(const measurement& one);
  // Of the answered ones alone, where failures have values, too.
  const log_histogram& answered(metric what) const;

  std::array<log_histogram, metric_count> spread_, answered_;
  std::uint64_t with_gaps_ = 0;  // answers
  measurement::stamp first_, last_;
  double under_way_s_ = 0;  // of all requests together
};

// How a failure is counted: its kind, and the status that the server gave.
std::string class_of(const providers::failure& why);

}  // namespace retort::engine
