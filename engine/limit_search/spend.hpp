// What looking for limits may cost: "500req", "0.50usd", or both. A request is sent only if it
// cannot pass that, whatever its answer: the budget is a run's. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/config/prices.hpp"
#include "engine/quota/budget.hpp"
#include "io/base/error.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

struct spend_limit {
  std::optional<std::uint64_t> requests;
  std::optional<double> usd;
};
// errc::usage with what was expected.
result<spend_limit> parse_spend(std::string_view text);

class spend_watch {
 public:
  spend_watch(const spend_limit& limit, const price& at)
      : limit_(limit), at_(at), money_(limit.usd, {}) {}

  // Takes the worst that one request can cost; false where that would pass the limit.
  bool take(const token_load& worst);
  // One line: why the last one was not taken.
  std::string why_not() const;
  // It cost this instead. What is not told has cost its worst.
  void settle(const token_load& worst, providers::usage used);
  // Refused: it cost nothing.
  void refund(const token_load& worst) { money_.refund(worst, at_); }

  std::uint64_t requests() const { return requests_; }
  // The worst of what is under way included.
  double usd() const { return money_.spent().usd + money_.reserved().usd; }

 private:
  bool has_sent_all() const { return limit_.requests && requests_ >= *limit_.requests; }

  spend_limit limit_;
  price at_;
  budget money_;
  std::uint64_t requests_ = 0;
};

}  // namespace retort::engine
