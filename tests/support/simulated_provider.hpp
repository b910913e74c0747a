// A provider in virtual time: buckets that it enforces, places that serve while the rest wait in
// line, latencies and answers of random length, refusals, deaths, and headers that tell of it all.
// One thread.
#pragma once

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <random>
#include <vector>

#include "engine/quota/entrance.hpp"
#include "engine/quota/token_bucket.hpp"

namespace retort::test {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using time_point = std::chrono::steady_clock::time_point;

inline nanoseconds in_seconds(double s) { return nanoseconds(std::llround(s * 1e9)); }
inline double to_seconds(duration<double> time) { return time.count(); }

// What shall happen, in the order of its time and then of its asking.
class schedule {
 public:
  time_point now() const { return now_; }

  void at(time_point when, std::function<void()> what) {
    waiting_.push(
        {std::max(when, now_).time_since_epoch().count(), ++asked_, keep(std::move(what))});
  }

  // False: nothing more until then.
  bool step(time_point until) {
    if (waiting_.empty() || waiting_.top().when > until.time_since_epoch().count()) return false;
    const event next = waiting_.top();
    waiting_.pop();
    now_ = time_point(nanoseconds(next.when));
    const std::function<void()> what = std::move(kept_[next.kept]);
    free_.push_back(next.kept);
    what();
    return true;
  }

 private:
  // Small, since it is moved about a lot.
  struct event {
    std::int64_t when;
    std::uint64_t number;
    std::size_t kept;

    bool operator<(const event& b) const {  // the last is the top
      return when != b.when ? when > b.when : number > b.number;
    }
  };

  std::size_t keep(std::function<void()> what) {
    if (free_.empty()) {
      kept_.push_back(std::move(what));
      return kept_.size() - 1;
    }
    const std::size_t at = free_.back();
    free_.pop_back();
    kept_[at] = std::move(what);
    return at;
  }

  time_point now_{std::chrono::hours(1)};
  std::uint64_t asked_ = 0;
  std::priority_queue<event> waiting_;
  std::vector<std::function<void()>> kept_;
  std::vector<std::size_t> free_;
};

struct provider_settings {
  double rpm = 0, tpm = 0;  // 0: no such limit
  double burst_s = 60;      // seconds' worth that can be saved up; the buckets begin full
  bool windows = false;     // no steady refill: whole again every full minute
  bool headers = false;
  double told_factor = 1;    // what headers say of a limit over what it is: others use it too
  std::uint32_t places = 0;  // served at once; 0: all
  bool queues = true;        // else 503 to what finds no place
  double service_s = 1, service_sigma = 0.3;
  double prompt_tokens = 200;
  double output_median = 300, output_sigma = 0.7;
  double max_tokens = 3000;
  double odd_429 = 0;  // share of requests refused at random, with Retry-After 1
  std::uint64_t seed = 1;
};

struct reply {
  engine::entrance::ending how = engine::entrance::ending::answered;
  providers::usage used;
  std::optional<milliseconds> retry_after;
  providers::rate_limits told;
};

class simulated_provider {
 public:
  using answer = std::function<void(const reply&)>;

  simulated_provider(schedule* on, provider_settings how) : on_(on), how_(how), random_(how.seed) {
    if (how.rpm > 0) requests_.emplace(full(how.rpm));
    if (how.tpm > 0) tokens_.emplace(full(how.tpm));
  }

  // Of what it serves and how; its buckets stay.
  void change(const provider_settings& how) { how_ = how; }
  void die() { dead_ = true; }
  void revive() { dead_ = false; }

  void submit(answer done) {
    ++asked;
    if (dead_) return fail(std::move(done));
    if (auto refusal = refuse()) return later(network_s, std::move(done), *refusal);
    if (how_.places > 0 && serving_ >= how_.places) return wait_in_line(std::move(done));
    serve(std::move(done));
  }

  std::uint64_t asked = 0, refused = 0, answered = 0;
  double tokens_used = 0;  // by answered requests

 private:
  static constexpr double network_s = 0.03;

  engine::token_bucket full(double per_minute) const {
    const double most = per_minute / 60 * how_.burst_s;
    return {per_minute / 60, most, most, on_->now()};
  }

  bool chance(double share) {
    return share > 0 && std::uniform_real_distribution<>(0, 1)(random_) < share;
  }

  // What the server says arrives with what it said.
  void later(double s, answer done, reply what) {
    on_->at(on_->now() + in_seconds(s), [done = std::move(done), what] { done(what); });
  }

  void fail(answer done) {
    reply broken;
    broken.how = engine::entrance::ending::broken;
    later(network_s, std::move(done), broken);
  }

  void wait_in_line(answer done) {
    if (how_.queues) return line_.push(std::move(done));
    ++refused;
    reply full;
    full.how = engine::entrance::ending::overloaded;
    later(network_s, std::move(done), full);
  }

  std::optional<reply> refuse() {
    const bool odd = chance(how_.odd_429);
    std::optional<milliseconds> wait;
    if (odd) wait = milliseconds(1000);
    if (!wait) wait = lacks();
    if (!wait) return std::nullopt;
    ++refused;
    reply no{engine::entrance::ending::rate_limited, {}, wait, {}};
    tell(no);
    return no;
  }

  // Takes a request and its prompt, or says how long to wait.
  std::optional<milliseconds> lacks() {
    advance();
    const auto now = on_->now();
    auto ready = now;
    if (requests_) ready = std::max(ready, requests_->when(1));
    if (tokens_) ready = std::max(ready, tokens_->when(how_.prompt_tokens));
    if (ready > now && how_.windows) return window_left();
    if (ready > now) return std::chrono::ceil<milliseconds>(ready - now);
    if (requests_) requests_->take(1);
    if (tokens_) tokens_->take(how_.prompt_tokens);
    return std::nullopt;
  }

  void advance() {
    if (how_.windows) return open_window();
    if (requests_) requests_->advance(on_->now());
    if (tokens_) tokens_->advance(on_->now());
  }

  seconds window_left() const { return seconds(60) - window_time() % seconds(60); }
  seconds window_time() const { return std::chrono::floor<seconds>(on_->now().time_since_epoch()); }

  void open_window() {
    if (window_time() / seconds(60) == window_) return;
    window_ = window_time() / seconds(60);
    if (requests_) requests_->set_level(how_.rpm);
    if (tokens_) tokens_->set_level(how_.tpm);
  }

  void serve(answer done) {
    ++serving_;
    const double s = how_.service_s * lognormal(how_.service_sigma) /
                     std::exp(how_.service_sigma * how_.service_sigma / 2);
    on_->at(on_->now() + in_seconds(s), [this, done = std::move(done)]() mutable {
      --serving_;
      while (!line_.empty() && serving_ < how_.places) {
        answer next = std::move(line_.front());
        line_.pop();
        serve(std::move(next));
      }
      finish(std::move(done));
    });
  }

  void finish(answer done) {
    if (dead_) return fail(std::move(done));
    reply good;
    const double length = std::round(how_.output_median * lognormal(how_.output_sigma));
    good.used.input = static_cast<std::int64_t>(how_.prompt_tokens);
    good.used.output = static_cast<std::int64_t>(std::clamp(length, 1.0, how_.max_tokens));
    advance();
    if (tokens_) tokens_->take(static_cast<double>(good.used.output));
    ++answered;
    tokens_used += static_cast<double>(good.used.input + good.used.output);
    tell(good);
    later(network_s, std::move(done), good);
  }

  double lognormal(double sigma) { return std::lognormal_distribution<>(0, sigma)(random_); }

  void tell(reply& about) {
    if (!how_.headers) return;
    advance();
    if (requests_)
      about.told[providers::quota::requests] = read(*requests_, how_.rpm * how_.told_factor);
    if (tokens_) about.told[providers::quota::tokens] = read(*tokens_, how_.tpm * how_.told_factor);
  }

  providers::quota_reading read(const engine::token_bucket& of, double limit) const {
    const double missing = how_.windows ? static_cast<double>(window_left().count())
                                        : (of.capacity() - of.level()) / of.rate();
    return {static_cast<std::int64_t>(limit),
            static_cast<std::int64_t>(std::max(0.0, std::floor(of.level()))),
            milliseconds(std::max<std::int64_t>(1, std::llround(missing * 1000)))};
  }

  schedule* on_;
  provider_settings how_;
  std::mt19937_64 random_;
  std::optional<engine::token_bucket> requests_, tokens_;
  std::uint32_t serving_ = 0;
  std::queue<answer> line_;
  bool dead_ = false;
  std::int64_t window_ = -1;  // minutes since the clock began
};

}  // namespace retort::test
