// Keeps requests away from an endpoint that is down, and finds out when it is back. Pure; one
// thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace retort::engine {

// Opens after `tolerated` endings in a row that the server had no part in, or broke: network
// errors, timeouts, 5xx. Then one request at a time may try, after 1 s and then after twice as
// long each time, up to 4 s: one request at that pace burdens nobody, and every second more that an
// endpoint is back unnoticed is quota lost. Any sign of life closes it.
class breaker {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::uint32_t tolerated = 5;
  static constexpr std::chrono::seconds shortest_rest{1}, longest_rest{4};

  bool is_open() const { return open_; }
  // Whether a request may go; when it is open this one is the probe.
  bool admits(time_point now) const { return !open_ || (!probing_ && now >= probe_at_); }
  // When to ask again; time_point::max(): once the probe is back.
  time_point again() const { return probing_ ? time_point::max() : probe_at_; }

  // A request goes out; says whether it is the probe.
  bool enter() { return open_ && (probing_ = true); }

  // A sign of life, even if it is a refusal.
  void alive(time_point now) {
    *this = breaker();
    alive_at_ = now;
  }

  // What began before the last sign of life broke for a reason that has passed.
  void broke(time_point began, bool probe, time_point now) {
    if (probe) return open(2 * rest_, now);
    if (open_ || began < alive_at_) return;
    if (++broken_ >= tolerated) open(shortest_rest, now);
  }

  // Neither says that it lives nor that it is dead.
  void unclear(bool probe, time_point now) {
    if (probe) open(rest_, now);
  }

 private:
  void open(std::chrono::seconds rest, time_point now) {
    open_ = true;
    probing_ = false;
    rest_ = rest < longest_rest ? rest : longest_rest;
    probe_at_ = now + rest_;
  }

  bool open_ = false;
  bool probing_ = false;
  std::uint32_t broken_ = 0;  // in a row
  std::chrono::seconds rest_ = shortest_rest;
  time_point probe_at_{};
  time_point alive_at_ = time_point::min();
};

}  // namespace retort::engine
