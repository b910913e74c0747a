// A quota as the config states it. Pure; one thread.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/config/limits_config.hpp"
#include "engine/quota/token_bucket.hpp"
#include "providers/failure/rate_limits.hpp"

namespace retort::engine {

// A bucket of one second's worth that begins nearly empty: a server's bucket of the same rate, and
// that much room, then never has less in it, and does not refuse. What is larger than a second's
// worth goes once that is there, and leaves a debt.
class stated_quota {
 public:
  using time_point = token_bucket::time_point;

  stated_quota(providers::quota what, double per_second, time_point now)
      : what_(what), bucket_(per_second, std::max(least_burst, per_second), 1, now) {}

  providers::quota what() const { return what_; }
  void advance(time_point now) { bucket_.advance(now); }
  bool has(double amount) const { return bucket_.has(asked(amount)); }
  time_point when(double amount) const { return bucket_.when(asked(amount)); }
  void take(double amount) { bucket_.take(amount); }
  void give(double amount) { bucket_.give(amount); }
  // What a refused request had reserved. Nobody says whether the quota was used up, or this was one
  // of those odd refusals that cost nothing: in the middle, a level that was too high comes down.
  void refused(double amount) { bucket_.give(amount / 2); }
  double per_second() const { return bucket_.rate(); }

 private:
  double asked(double amount) const { return std::min(amount, bucket_.capacity() / least_burst); }

  providers::quota what_;
  token_bucket bucket_;
};

inline std::vector<stated_quota> stated_quotas(const limits_config& limits,
                                               token_bucket::time_point now) {
  using providers::quota;
  std::vector<stated_quota> all;
  const auto add = [&](quota what, std::optional<double> limit, double seconds) {
    if (limit) all.emplace_back(what, *limit * limits.share / seconds, now);
  };
  add(quota::requests, limits.rps, 1);
  add(quota::requests, limits.rpm, 60);
  add(quota::tokens, limits.tpm, 60);
  add(quota::input_tokens, limits.input_tpm, 60);
  add(quota::output_tokens, limits.output_tpm, 60);
  return all;
}

}  // namespace retort::engine
