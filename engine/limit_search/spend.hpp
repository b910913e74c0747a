// What looking for limits may cost: "500req", "0.50usd", or both. A request is sent only if it
// cannot pass that, whatever its answer. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/config/prices.hpp"
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
  explicit spend_watch(const spend_limit& limit) : limit_(limit) {}

  // Takes the worst that one request can cost; false where that would pass the limit.
  bool take(double worst_usd);
  // It cost this instead. A request whose tokens are not told has cost its worst.
  void settle(double worst_usd, std::optional<double> usd);

  std::uint64_t requests() const { return requests_; }
  double usd() const { return usd_; }  // the worst of what is under way included

 private:
  spend_limit limit_;
  std::uint64_t requests_ = 0;
  double usd_ = 0;
};

// Nothing where tokens are not told.
std::optional<double> usd_of(const providers::usage& used, const price& at);

}  // namespace retort::engine
