#include "tools/mock/faults/quotas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retort::mock {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

std::optional<bucket> make_bucket(double per_minute, double burst_s) {
  return per_minute > 0 ? std::optional(bucket(per_minute, burst_s)) : std::nullopt;
}

std::optional<shortage> lacks(const std::optional<bucket>& from, std::string_view of, double asked,
                              bucket::time_point now) {
  if (!from) return std::nullopt;
  const auto wait = from->wait_for(asked, now);
  if (wait == bucket::duration::zero()) return std::nullopt;
  return shortage{of, from->per_minute(), asked, wait};
}

bool takes_longer(const shortage& a, const shortage& b) {
  return b.wait && (!a.wait || *a.wait > *b.wait);
}

// 8.9999999 is 9 to wait_for(), so it is 9 to whoever reads the header.
double whole_level(const bucket& of, bucket::time_point now) {
  return std::max(0.0, std::floor(of.level(now) + bucket::tolerance));
}

void append_reading(std::vector<quota_reading>& all, std::string_view name,
                    const std::optional<bucket>& of, bucket::time_point now) {
  if (!of) return;
  all.push_back({name, of->per_minute(), whole_level(*of, now), of->until_full(now)});
}

}  // namespace

quotas::quotas(const options& chosen)
    : requests_(make_bucket(chosen.rpm, chosen.burst_s)),
      tokens_(make_bucket(chosen.tpm, chosen.burst_s)),
      silent_(chosen.no_limit_headers) {}

std::optional<shortage> quotas::admit(double prompt_tokens, time_point now) {
  const auto requests = lacks(requests_, "requests", 1, now);
  const auto tokens = lacks(tokens_, "tokens", prompt_tokens, now);
  if (requests && tokens) return takes_longer(*requests, *tokens) ? requests : tokens;
  if (requests || tokens) return requests ? requests : tokens;
  if (requests_) requests_->take(1, now);
  if (tokens_) tokens_->take(prompt_tokens, now);
  return std::nullopt;
}

void quotas::charge(double output_tokens, time_point now) {
  if (tokens_) tokens_->take(output_tokens, now);
}

std::vector<quota_reading> quotas::readings(time_point now) const {
  std::vector<quota_reading> all;
  if (silent_) return all;
  append_reading(all, "requests", requests_, now);
  append_reading(all, "tokens", tokens_, now);
  return all;
}

std::string message_for(const shortage& lack, std::string_view model) {
  const bool enough_some_day = lack.wait.has_value();
  return fmt::format(
      "{} for {} on {} per min ({}): Limit {:.0f}, Requested {:.0f}.{}",
      enough_some_day ? "Rate limit reached" : "Request too large", model, lack.of,
      lack.of == "requests" ? "RPM" : "TPM", lack.limit, lack.asked,
      enough_some_day ? fmt::format(" Please try again in {}.", show_duration(*lack.wait)) : "");
}

std::string show_duration(bucket::duration time) {
  const auto ms = ceil<milliseconds>(time).count();
  if (ms > 0 && ms < 1000) return fmt::format("{}ms", ms);
  const std::string s = fmt::format("{}s", static_cast<double>(ms % 60'000) / 1000);
  const auto minutes = ms / 60'000;
  if (minutes == 0) return s;
  return minutes < 60 ? fmt::format("{}m{}", minutes, s)
                      : fmt::format("{}h{}m{}", minutes / 60, minutes % 60, s);
}

}  // namespace retort::mock
