// The entrance of one endpoint: whether a request may go now, and if not, what holds it back and
// when to ask again, so that nobody polls. It counts what is in flight against the limits that the
// config states, those that the server tells, and those that only show in its refusals and its
// latency. Pure: time comes as an argument. One thread.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/config/limits_config.hpp"
#include "engine/lease/account_slice.hpp"
#include "engine/quota/breaker.hpp"
#include "engine/quota/concurrency_limit.hpp"
#include "engine/quota/recent_use.hpp"
#include "engine/quota/refusals.hpp"
#include "engine/quota/slow_start.hpp"
#include "engine/quota/stated_quota.hpp"
#include "engine/quota/token_load.hpp"
#include "engine/quota/told_quota.hpp"
#include "providers/body/types.hpp"
#include "providers/failure/rate_limits.hpp"

namespace retort::engine {

// What holds a request back.
enum class constraint { none, requests, tokens, concurrency, pause, breaker };

class entrance {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  entrance(const limits_config& stated, time_point now);
  // From now on quotas and places are those of what this process holds of an account that it
  // shares; what headers tell is told there. It outlives the entrance.
  void draw_from(account_slice* of) { shared_ = of; }

  struct answer {
    constraint held_by = constraint::none;
    // When to ask again; time_point::max(): after the next leave() or learn().
    time_point again = time_point::max();
  };

  // none: enter() may follow. `expected` is what the request will probably cost, in tokens.
  answer may_enter(const token_load& expected, time_point now);

  // A request in flight; for leave() and learn().
  struct ticket {
    token_load reserved;
    time_point began;
    std::uint64_t serial = 0;                   // of the request at this entrance, from 1
    std::uint32_t in_flight = 0;                // with this one, when it began
    bool probe = false;                         // sent to see whether the endpoint is back
    token_load spent_before, under_way_before;  // by and in all others, when it began
    std::uint32_t others = 0;                   // those under way then
  };

  ticket enter(const token_load& expected, time_point now);
  // A quota of tokens is stated or told: `expected` counts.
  bool counts_tokens();

  enum class ending {
    answered,
    rate_limited,  // 429
    overloaded,    // 503, 529: no room
    broken,        // network, timeout, other 5xx
    other,         // the server did its part: a bad request, content refused, ...
  };

  // Every ticket leaves once. `used`: the answer's; -1s, where it says nothing, count as expected.
  void leave(const ticket& of, ending how, const providers::usage& used,
             std::optional<std::chrono::milliseconds> retry_after, time_point now);

  // What the response to the request said, whatever its status. Before or after leave().
  void learn(const ticket& of, const providers::rate_limits& told, time_point now);

  std::uint32_t in_flight() const { return in_flight_; }
  // The bound on it.
  std::uint32_t concurrency() const {
    const bool is_shared = shared_ && shared_->has_places();
    return is_shared ? std::min(limit_.now(), shared_->places()) : limit_.now();
  }

  // For routing, 0 to 1: how little of its scarcest limit was used of late; 0 when nothing may go.
  // Taking whichever endpoint has most spreads load in proportion to their limits.
  double room(time_point now);

  bool is_down() const { return breaker_.is_open(); }
  // Nothing goes until then, within reason; the longest of several counts.
  void pause(std::chrono::milliseconds time, time_point now);

 private:
  using quota = providers::quota;

  static double amount_of(quota what, const token_load& cost);
  template <typename F>
  void each_quota(F&& act);
  void advance(time_point now);
  void tell_shared(quota what, time_point now);
  bool is_paced() const;
  bool is_full() const {
    return in_flight_ >= std::min(limit_.now(), start_.most()) ||
           (shared_ && !shared_->has_place());
  }
  answer held_by_quota(const token_load& expected);
  void correct(const ticket& of, ending how, const providers::usage& used);
  void refund_refused(const token_load& reserved);
  void note_health(const ticket& of, ending how, time_point now);
  void note_capacity(const ticket& of, ending how,
                     std::optional<std::chrono::milliseconds> retry_after, time_point now);
  std::chrono::milliseconds pause_after(bool rate,
                                        std::optional<std::chrono::milliseconds> asked) const;
  double outstanding(quota what, const ticket& of) const;

  double share_;  // of the account; of what is told this process's part
  double told_part_;
  account_slice* shared_ = nullptr;
  std::vector<stated_quota> stated_;
  std::array<told_quota, providers::quota_count> told_;
  concurrency_limit limit_;
  slow_start start_;
  breaker breaker_;
  refusals storm_, overload_;
  std::uint32_t storms_ = 0;  // since the last answer
  time_point paused_until_ = time_point::min();
  std::uint32_t in_flight_ = 0;
  std::uint64_t entered_ = 0;
  std::array<recent_use, providers::quota_count> recent_;
  token_load spent_, under_way_;  // reserved by all that ever entered, by what is in flight
};

}  // namespace retort::engine
