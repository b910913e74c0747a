// How many requests may be in flight to one endpoint. Pure: time comes as an argument. One thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "engine/quota/latency_sample.hpp"

namespace retort::engine {

// As far as it goes when nobody said how far: connections are memory, here and there.
inline constexpr std::uint32_t most_concurrency = 4096;

// Either fixed, or found by trying. A server that serves C at once and queues the rest has its best
// throughput with C in flight and twice its latency with 2 C. By Little's law C is what is in
// flight times the unloaded latency over the latency now, so the bound doubles until latency grows
// and then follows `headroom` C: between the two, with room for noise on both sides. The unloaded
// latency is what it was with few in flight; since it may change, fewer are sent for a moment, now
// and then. Refusals cut the bound, once for all that were sent before the cut, and from then on
// it grows slowly.
class concurrency_limit {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit concurrency_limit(std::uint32_t fixed);
  static concurrency_limit adaptive(std::uint32_t start, std::uint32_t max);

  std::uint32_t now() const { return bound_; }

  // A known quota sets the pace from here on: latency is the provider's own affair, and only
  // refusals keep the bound from its maximum.
  void trust_pace();

  // `in_flight_at_begin`: with that request.
  void succeeded(time_point began, time_point ended, std::uint32_t in_flight_at_begin);
  // By a 429 or for overload (503, 529).
  void refused(time_point began, time_point ended);

 private:
  enum class phase { fixed, doubling, following, probing, paced };

  concurrency_limit(phase how, std::uint32_t start, std::uint32_t max);

  bool is_round_over(time_point now) const;
  void end_round(time_point now);
  void judge_doubling(double latency);
  void judge_following(double latency, time_point now);
  void judge_probe(double latency, time_point now);
  void judge_paced();
  void learn_unloaded(double latency);
  void follow(double latency);
  bool is_saturated() const;
  double growth() const;
  void start_probe(double latency);
  void set(double bound);

  phase phase_;
  std::uint32_t bound_;
  std::uint32_t max_;
  std::uint32_t regular_;    // the bound to return to after a probe
  bool suspicious_ = false;  // latency grew in the last round: once may be chance
  bool was_refused_ = false;
  std::uint32_t refused_at_ = 0;  // the bound then
  double unloaded_s_ = 0;         // 0: not known yet
  double weight_ = 0;             // requests that it was seen with
  latency_sample round_;          // those that began since the bound last changed
  time_point round_began_ = time_point::min();
  time_point cut_at_ = time_point::min();
  time_point probed_at_{};
  double probe_interval_;         // in unloaded latencies
  std::uint32_t last_bound_ = 0;  // and latency, of the last round that was no probe
  double last_latency_s_ = 0;
};

}  // namespace retort::engine
