#include "engine/quota/entrance.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

using std::chrono::milliseconds;

// Of the recent answers. Odd 429s are one in ten and less; a server that is full, or a quota that
// is used up, refuses most of what it gets. "No room" concerns everybody and is believed sooner,
// but where only some find no room it helps to send fewer, not to wait.
constexpr double tolerated_refusals = 0.4, tolerated_overloads = 0.1;

// When nobody says how long, and what is believed of what is said.
// Storm after storm without an answer in between, the pause doubles: up to 8 s.
constexpr std::uint32_t most_storms = 4;
constexpr milliseconds pause_for_rate{1000}, pause_for_overload{250}, longest_pause{60'000};
// Who says "50 ms" to everybody, storm after storm, is not believed for ever.
constexpr milliseconds shortest_pause{50};

constexpr std::uint32_t first_concurrency = 4;

concurrency_limit starting_limit(const limits_config& stated) {
  if (stated.concurrency) {
    const double part = std::floor(*stated.concurrency * stated.share);
    return concurrency_limit(std::max(1U, static_cast<std::uint32_t>(part)));
  }
  return concurrency_limit::adaptive(first_concurrency, most_concurrency);
}

std::int64_t known_or(std::int64_t count, std::int64_t otherwise) {
  return count >= 0 ? count : otherwise;
}

// What a request turned out to cost. One that broke keeps its prompt, which somebody may have read.
token_load cost(const token_load& reserved, entrance::ending how, const providers::usage& used) {
  if (how != entrance::ending::answered) return {known_or(used.input, reserved.input), 0};
  return {known_or(used.input, reserved.input), known_or(used.output, reserved.output)};
}

bool is_refusal(entrance::ending how) {
  return how == entrance::ending::rate_limited || how == entrance::ending::overloaded;
}

constraint name(providers::quota what) {
  return what == providers::quota::requests ? constraint::requests : constraint::tokens;
}

}  // namespace

entrance::entrance(const limits_config& stated, time_point now)
    : share_(stated.share),
      told_part_(stated.share / stated.parties),
      stated_(stated_quotas(stated, now)),
      limit_(starting_limit(stated)),
      storm_(tolerated_refusals),
      overload_(tolerated_overloads) {
  for (told_quota& one : told_) one.set_part(told_part_);
  if (!is_paced()) return;
  limit_.trust_pace();
  start_.end();
}

double entrance::amount_of(quota what, const token_load& cost) {
  switch (what) {
    case quota::requests: return 1;
    case quota::tokens: return static_cast<double>(cost.total());
    case quota::input_tokens: return static_cast<double>(cost.input);
    case quota::output_tokens: return static_cast<double>(cost.output);
  }
  return 0;
}

// act(which, quota): every limit on what is sent per time.
template <typename F>
void entrance::each_quota(F&& act) {
  if (shared_) return shared_->each_quota(act);
  for (auto& one : stated_) act(one.what(), one);
  for (std::size_t i = 0; i < told_.size(); ++i) {
    if (told_[i].known()) act(static_cast<quota>(i), told_[i]);
  }
}

void entrance::advance(time_point now) {
  each_quota([now](quota, auto& one) { one.advance(now); });
}

bool entrance::is_paced() const {
  return !stated_.empty() ||
         std::any_of(told_.begin(), told_.end(), [](const told_quota& one) { return one.known(); });
}

entrance::answer entrance::may_enter(const token_load& expected, time_point now) {
  if (!breaker_.admits(now)) return {constraint::breaker, breaker_.again()};
  if (now < paused_until_) return {constraint::pause, paused_until_};
  if (is_full()) return {constraint::concurrency, time_point::max()};
  advance(now);
  return held_by_quota(expected);
}

// Of several quotas the one that takes longest.
entrance::answer entrance::held_by_quota(const token_load& expected) {
  answer held{constraint::none, time_point::min()};
  each_quota([&](quota what, auto& one) {
    const double amount = amount_of(what, expected);
    if (one.has(amount)) return;
    held = std::max(held, answer{name(what), one.when(amount)},
                    [](const answer& a, const answer& b) { return a.again < b.again; });
  });
  return held.held_by == constraint::none ? answer{} : held;
}

bool entrance::counts_tokens() {
  bool counts = false;
  each_quota([&](quota what, const auto&) { counts |= what != quota::requests; });
  return counts;
}

entrance::ticket entrance::enter(const token_load& expected, time_point now) {
  ticket taken{expected,         now,    ++entered_, in_flight_ + 1,
               breaker_.enter(), spent_, under_way_, in_flight_};
  advance(now);
  each_quota([&](quota what, auto& one) {
    one.take(amount_of(what, expected));
    recent_[static_cast<std::size_t>(what)].add(amount_of(what, expected), now);
  });
  if (shared_) shared_->enter();
  ++in_flight_;
  spent_ = spent_ + expected;
  under_way_ = under_way_ + expected;
  return taken;
}

void entrance::leave(const ticket& of, ending how, const providers::usage& used,
                     std::optional<milliseconds> retry_after, time_point now) {
  if (shared_) shared_->leave();
  --in_flight_;
  under_way_ = under_way_ - of.reserved;
  advance(now);
  correct(of, how, used);
  note_health(of, how, now);
  note_capacity(of, how, retry_after, now);
}

void entrance::correct(const ticket& of, ending how, const providers::usage& used) {
  if (is_refusal(how)) return refund_refused(of.reserved);
  const token_load over = of.reserved - cost(of.reserved, how, used);
  each_quota([&](quota what, auto& one) {
    if (what != quota::requests) one.give(amount_of(what, over));
  });
}

void entrance::refund_refused(const token_load& reserved) {
  each_quota([&](quota what, auto& one) { one.refused(amount_of(what, reserved)); });
}

void entrance::note_health(const ticket& of, ending how, time_point now) {
  switch (how) {
    case ending::broken: return breaker_.broke(of.began, of.probe, now);
    case ending::overloaded: return breaker_.unclear(of.probe, now);
    case ending::answered:
    case ending::rate_limited:
    case ending::other: return breaker_.alive(now);
  }
}

void entrance::note_capacity(const ticket& of, ending how, std::optional<milliseconds> retry_after,
                             time_point now) {
  if (how == ending::answered) {
    storm_.accepted(of.began);
    storms_ = 0;
    overload_.accepted(of.began);
    limit_.succeeded(of.began, now, of.in_flight);
    start_.answered();
  }
  if (!is_refusal(how)) return;
  const bool full = how == ending::overloaded && overload_.refused(of.began, now);
  const bool storm = storm_.refused(of.began, now);
  if (full || storm) limit_.refused(of.began, now);
  const bool rate = how == ending::rate_limited;
  if (storm && rate) {
    for (std::size_t i = 0; i < told_.size(); ++i) {
      told_[i].doubt();
      tell_shared(static_cast<quota>(i), now);
    }
  }
  if (storm) storms_ = std::min(storms_ + 1, most_storms);
  if (storm || storm_.is_old(of.began)) pause(pause_after(rate, retry_after), now);
}

milliseconds entrance::pause_after(bool rate, std::optional<milliseconds> asked) const {
  const int doubled = 1 << std::max(storms_, 1U);
  if (asked) return std::max(*asked, shortest_pause * doubled / 2);
  return rate ? pause_for_rate * doubled / 2 : pause_for_overload;
}

// The longest of those asked for in an episode.
void entrance::pause(milliseconds time, time_point now) {
  paused_until_ = std::max(paused_until_, now + std::min(time, longest_pause));
}

void entrance::learn(const ticket& of, const providers::rate_limits& told, time_point now) {
  for (std::size_t i = 0; i < told_.size(); ++i) {
    if (!told.of[i].any()) continue;
    if (shared_) told_[i].set_part(share_ / static_cast<double>(shared_->members()));
    told_[i].learn(told.of[i], outstanding(static_cast<quota>(i), of), now);
    tell_shared(static_cast<quota>(i), now);
  }
  if (is_paced()) {
    limit_.trust_pace();
    start_.end();
  }
}

void entrance::tell_shared(quota what, time_point now) {
  const told_quota& of = told_[static_cast<std::size_t>(what)];
  if (shared_ && of.known()) shared_->tell(what, share_ * of.account_pace(), now);
}

// What the server may not have charged when it wrote down what remains: all that was under way
// when the request began, and all that was sent after it.
double entrance::outstanding(quota what, const ticket& of) const {
  if (what == quota::requests) return static_cast<double>(entered_ - of.serial + of.others);
  return amount_of(what, spent_ - of.spent_before + of.under_way_before);
}

double entrance::room(time_point now) {
  if (!breaker_.admits(now) || now < paused_until_ || is_full()) return 0;
  double used = static_cast<double>(in_flight_) / limit_.now();
  each_quota([&](quota what, const auto& one) {
    const double per_second = recent_[static_cast<std::size_t>(what)].per_second(now);
    used = std::max(used, per_second / one.per_second());
  });
  return 1 / (1 + used);
}

}  // namespace retort::engine
