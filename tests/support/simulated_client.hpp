// A run in virtual time: requests without end, or so many of them, through gates to simulated
// providers, as the engine does it: whatever may go goes, else it waits to be woken at the time the
// gate said, or by what comes back. One thread.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/quota/entrance.hpp"
#include "engine/quota/token_estimate.hpp"
#include "tests/support/simulated_provider.hpp"

namespace retort::test {

struct simulated_endpoint {
  simulated_endpoint(schedule* on, const provider_settings& server,
                     const engine::limits_config& stated)
      : simulated_endpoint(on, std::make_shared<simulated_provider>(on, server), server, stated) {}
  // One that others send to as well.
  simulated_endpoint(schedule* on, std::shared_ptr<simulated_provider> to,
                     const provider_settings& server, const engine::limits_config& stated)
      : entrance(stated, on->now()), shared(std::move(to)), provider(*shared), settings(server) {}

  engine::entrance entrance;
  std::shared_ptr<simulated_provider> shared;
  simulated_provider& provider;
  provider_settings settings;
};

// Totals; a difference of two is what happened in between.
struct tally {
  double asked = 0, refused = 0, answered = 0, tokens = 0;
  double latency_s = 0;  // summed over what was answered

  tally operator-(const tally& b) const {
    return {asked - b.asked, refused - b.refused, answered - b.answered, tokens - b.tokens,
            latency_s - b.latency_s};
  }
  double refused_share() const { return asked > 0 ? refused / asked : 0; }
  double mean_latency_s() const { return latency_s / answered; }
};

class simulated_client {
 public:
  simulated_client(schedule* on, std::uint64_t requests = ~0ULL) : on_(on), fresh_(requests) {}

  simulated_endpoint& add(const provider_settings& server, const engine::limits_config& stated) {
    to_.push_back(std::make_unique<simulated_endpoint>(on_, server, stated));
    latency_.push_back(0);
    return *to_.back();
  }
  void add(std::shared_ptr<simulated_provider> to, const provider_settings& server,
           const engine::limits_config& stated) {
    to_.push_back(std::make_unique<simulated_endpoint>(on_, std::move(to), server, stated));
    latency_.push_back(0);
  }
  // Sends what may go; more by what comes back, while the schedule takes its steps.
  void begin() { pump(); }
  simulated_endpoint& endpoint(std::size_t i) { return *to_[i]; }

  void feed(std::uint64_t requests) { fresh_ += requests; }

  void run(double s) {
    const auto until = on_->now() + in_seconds(s);
    on_->at(until, [] {});
    pump();
    while (on_->step(until)) {
    }
  }

  // Until everything is answered; the seconds it took.
  double drain() {
    const auto began = on_->now();
    pump();
    while (!is_done() && on_->step(time_point::max())) {
    }
    return to_seconds(on_->now() - began);
  }

  bool is_done() const { return fresh_ == 0 && retries_.empty() && under_way_ == 0; }

  tally total(std::size_t i) const {
    const auto& of = to_[i]->provider;
    return {static_cast<double>(of.asked), static_cast<double>(of.refused),
            static_cast<double>(of.answered), of.tokens_used, latency_[i]};
  }

 private:
  bool has_work() const {
    return fresh_ > 0 || (!retries_.empty() && retries_.front() <= on_->now());
  }

  // Sends whatever may go now, and asks to be woken.
  void pump() {
    while (has_work()) {
      const auto [best, again] = choose();
      if (!best) return wake(again);
      if (!retries_.empty() && retries_.front() <= on_->now()) {
        std::pop_heap(retries_.begin(), retries_.end(), std::greater<>());
        retries_.pop_back();
      } else {
        --fresh_;
      }
      send(*best);
    }
    if (!retries_.empty()) wake(retries_.front());
  }

  std::pair<std::optional<std::size_t>, time_point> choose() {
    std::optional<std::size_t> best;
    double most = -1;
    time_point again = time_point::max();
    for (std::size_t i = 0; i < to_.size(); ++i) {
      auto& entrance = to_[i]->entrance;
      const auto asked = entrance.may_enter(expected(i), on_->now());
      again = std::min(again, asked.again);
      if (asked.held_by != engine::constraint::none) continue;
      const double room = entrance.room(on_->now());
      if (room > most) best = i, most = room;
    }
    return {best, again};
  }

  engine::token_load expected(std::size_t i) const {
    const auto& of = to_[i]->settings;
    return estimate_.expected(bytes(of), static_cast<std::int64_t>(of.max_tokens));
  }
  static std::size_t bytes(const provider_settings& of) {
    return static_cast<std::size_t>(of.prompt_tokens * 4.5);
  }

  void wake(time_point at) {
    if (at == time_point::max() || (alarm_ > on_->now() && alarm_ <= at)) return;
    alarm_ = at;
    on_->at(at, [this] { pump(); });
  }

  void send(std::size_t i) {
    const auto ticket = to_[i]->entrance.enter(expected(i), on_->now());
    ++under_way_;
    to_[i]->provider.submit([this, i, ticket](const reply& got) { receive(i, ticket, got); });
  }

  void receive(std::size_t i, const engine::entrance::ticket& ticket, const reply& got) {
    auto& to = *to_[i];
    --under_way_;
    to.entrance.learn(ticket, got.told, on_->now());
    to.entrance.leave(ticket, got.how, got.used, got.retry_after, on_->now());
    if (got.how == engine::entrance::ending::answered) {
      estimate_.observe(bytes(to.settings), got.used);
      latency_[i] += to_seconds(on_->now() - ticket.began);
    } else {
      retries_.push_back(on_->now() + got.retry_after.value_or(milliseconds(250)));
      std::push_heap(retries_.begin(), retries_.end(), std::greater<>());
    }
    pump();
  }

  schedule* on_;
  std::uint64_t fresh_;
  std::uint64_t under_way_ = 0;
  std::vector<time_point> retries_;  // a heap, the earliest first
  std::vector<std::unique_ptr<simulated_endpoint>> to_;
  std::vector<double> latency_;
  engine::token_estimate estimate_;
  time_point alarm_ = time_point::min();
};

}  // namespace retort::test
