#include "engine/quota/concurrency_limit.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace retort::engine {
namespace {

// In flight at best over the server's capacity: 0.9 to 2 are good, this is in the middle of them
// as ratios go.
constexpr double headroom = 1.35;

// Requests in a round, at least: the mean of lognormal latencies (sigma 0.5) is then right within
// 13 % while doubling, 8 % afterwards.
constexpr double short_round = 16, long_round = 48;
// And its length in unloaded latencies, or what is back says little.
constexpr double short_time = 2, long_time = 4;

constexpr double grown_latency = 1.25;  // ends the doubling
constexpr double near = 0.08;           // not worth a change of the bound

// How much a round may change the bound; after refusals it grows slowly.
constexpr double most_growth = 1.3, most_shrinking = 0.7, cut = 0.8;
// Up to where the last refusals were, and from there on.
constexpr double careful_growth = 1.08, tentative_growth = 1.01;

// A probe goes below the supposed capacity; soon at first, when the unloaded latency was seen with
// few requests, then seldom enough to cost a per cent or two. In unloaded latencies.
constexpr double probe_share = 0.75, first_interval = 20, longest_interval = 80;
constexpr double shortest_cycle_s = 10;

constexpr double remembered = 150;  // requests that tell of the unloaded latency
constexpr double unqueued = 1.1;    // over the unloaded latency: there was no queue
// The unloaded latency has changed since it was last seen. Too low a bound hides nothing, too high
// a bound hides that the server has become faster: the latter is believed sooner.
constexpr double slower = 1.4, faster = 0.75;
constexpr double drop = 0.8;  // of the latency from one round to the next: worth a probe

}  // namespace

concurrency_limit::concurrency_limit(std::uint32_t fixed)
    : concurrency_limit(phase::fixed, fixed, fixed) {}

concurrency_limit::concurrency_limit(phase how, std::uint32_t start, std::uint32_t max)
    : phase_(how), bound_(start), max_(max), regular_(start), probe_interval_(first_interval) {}

concurrency_limit concurrency_limit::adaptive(std::uint32_t start, std::uint32_t max) {
  return {phase::doubling, std::min(start, max), max};
}

void concurrency_limit::trust_pace() {
  if (phase_ == phase::fixed || phase_ == phase::paced) return;
  phase_ = phase::paced;
  if (!was_refused_) bound_ = max_;
}

void concurrency_limit::succeeded(time_point began, time_point ended,
                                  std::uint32_t in_flight_at_begin) {
  if (phase_ == phase::fixed || began < round_began_) return;
  round_.add(began, ended, in_flight_at_begin);
  if (is_round_over(ended)) end_round(ended);
}

bool concurrency_limit::is_round_over(time_point) const {
  const bool careful = phase_ == phase::following;
  const double count = careful ? std::max<double>(long_round, 2 * bound_)
                               : std::max<double>(short_round, bound_ / 2.0);
  const double time = (careful ? long_time : short_time) * unloaded_s_;
  return round_.count() >= count && round_.seconds() >= time;
}

void concurrency_limit::end_round(time_point now) {
  const double latency = round_.mean();
  switch (phase_) {
    case phase::fixed: break;
    case phase::doubling: judge_doubling(latency); break;
    case phase::following: judge_following(latency, now); break;
    case phase::probing: judge_probe(latency, now); break;
    case phase::paced: judge_paced(); break;
  }
  round_ = {};
  round_began_ = now;
}

// Whether as many were in flight as was allowed: else the round says nothing of what lies above.
bool concurrency_limit::is_saturated() const { return round_.mean_in_flight() >= 0.8 * bound_; }

void concurrency_limit::judge_doubling(double latency) {
  if (weight_ > 0 && latency > grown_latency * unloaded_s_) {
    if (std::exchange(suspicious_, true)) phase_ = phase::following;
    if (phase_ == phase::following) follow(latency);
    return;
  }
  suspicious_ = false;
  learn_unloaded(latency);
  if (is_saturated()) set(2.0 * bound_);
}

// A mean over the requests that it was seen with, as far back as it remembers.
void concurrency_limit::learn_unloaded(double latency) {
  weight_ = std::min(weight_ + round_.count(), remembered);
  unloaded_s_ += (latency - unloaded_s_) * std::min(1.0, round_.count() / weight_);
}

void concurrency_limit::judge_following(double latency, time_point now) {
  if (latency < unqueued * unloaded_s_) learn_unloaded(latency);
  if (!is_saturated()) return;
  if (probed_at_ == time_point{}) probed_at_ = now;
  const bool dropped = bound_ == last_bound_ && latency < drop * last_latency_s_;
  last_bound_ = bound_;
  last_latency_s_ = latency;
  const bool due =
      std::chrono::duration<double>(now - probed_at_).count() > probe_interval_ * unloaded_s_;
  if (due || dropped) return start_probe(latency);
  follow(latency);
}

// Little's law, as the class says.
void concurrency_limit::follow(double latency) {
  const double capacity = round_.mean_in_flight() * unloaded_s_ / latency;
  const double wanted = std::clamp(headroom * capacity, most_shrinking * bound_,
                                   std::max(growth() * bound_, bound_ + 1.0));
  if (std::abs(wanted - bound_) > near * bound_ || was_refused_) set(wanted);
}

double concurrency_limit::growth() const {
  if (!was_refused_) return most_growth;
  return bound_ < 0.9 * refused_at_ ? careful_growth : tentative_growth;
}

void concurrency_limit::start_probe(double latency) {
  const double capacity = round_.mean_in_flight() * unloaded_s_ / latency;
  phase_ = phase::probing;
  regular_ = bound_;
  set(std::min<double>(bound_, std::max(1.0, std::floor(probe_share * capacity))));
}

void concurrency_limit::judge_probe(double latency, time_point now) {
  const double ratio = latency / unloaded_s_;
  const bool is_new = ratio > slower || ratio < faster;
  if (is_new) weight_ = ratio < faster ? 0 : round_.count();
  learn_unloaded(latency);
  const double longest = std::max(longest_interval, shortest_cycle_s / unloaded_s_);
  probe_interval_ = is_new ? first_interval : std::min(2 * probe_interval_, longest);
  phase_ = phase::following;
  probed_at_ = now;
  set(regular_);
}

void concurrency_limit::judge_paced() {
  if (is_saturated()) set(std::max(bound_ + 1.0, growth() * bound_));
}

void concurrency_limit::refused(time_point began, time_point ended) {
  if (phase_ == phase::fixed || began < cut_at_) return;
  was_refused_ = true;
  cut_at_ = ended;
  refused_at_ = bound_;
  if (phase_ != phase::paced) phase_ = phase::following;
  set(std::floor(cut * bound_));
  round_ = {};
  round_began_ = ended;
}

void concurrency_limit::set(double bound) {
  bound_ = static_cast<std::uint32_t>(std::clamp<double>(std::round(bound), 1, max_));
}

}  // namespace retort::engine
