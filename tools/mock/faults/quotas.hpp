// The quotas that the mock provider enforces, requests and tokens per minute; the dialects say them
// in headers. Time comes as an argument. One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/mock/faults/bucket.hpp"
#include "tools/mock/faults/options.hpp"

namespace retort::mock {

// Why a request is refused.
struct shortage {
  std::string_view of;  // "requests" or "tokens"
  double limit;         // per minute
  double asked;
  std::optional<bucket::duration> wait;  // until there is enough; nothing: there never is
};

// How much is left of a quota.
struct quota_reading {
  std::string_view of;  // "requests" or "tokens"
  double limit;         // per minute
  double remaining;     // whole, never below 0
  bucket::duration until_full;
};

class quotas {
 public:
  using time_point = bucket::time_point;

  explicit quotas(const options& chosen);

  bool any() const { return requests_ || tokens_; }
  // Takes one request and its prompt's tokens, or nothing at all and says what is short: of two
  // quotas the one that takes longer.
  std::optional<shortage> admit(double prompt_tokens, time_point now);
  // What the answer turned out to cost. May leave the tokens in debt.
  void charge(double output_tokens, time_point now);
  // Of those that there are; of none when nothing is to be said of them.
  std::vector<quota_reading> readings(time_point now) const;

 private:
  std::optional<bucket> requests_, tokens_;
  bool silent_;
};

// "Rate limit reached for m on tokens per min (TPM): Limit 90, Requested 9. Please try again in
// 6s."
std::string message_for(const shortage& lack, std::string_view model);

// "0s", "12ms", "1.2s", "6m0s", "1h2m3s": rounded up to milliseconds.
std::string show_duration(bucket::duration time);

}  // namespace retort::mock
