#include "engine/lease/lease_keeper.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/lease/lease_script.hpp"

namespace retort::engine {
namespace {

using std::chrono::milliseconds;

// Before a run begins, and while it is at work.
constexpr std::chrono::seconds patience_at_first{5};
constexpr milliseconds patience_at_work{1000}, patience_at_last{500};
// From one question to the next, with a tenth more or less, so that tasks that began together do
// not ask together. Sooner where somebody waits who did not when it was last asked, and for whom
// has just come.
constexpr milliseconds interval{1000}, soon{200}, at_first{500};
constexpr std::chrono::seconds newcomer{3};
constexpr milliseconds look_interval{50};

}  // namespace

lease_keeper::lease_keeper(io::executor on, io::redis_server at)
    : on_(on), ticker_(on), random_(std::random_device{}()), script_(std::move(at), lease_script) {}

lease_keeper::~lease_keeper() { stop_thread(); }

account_slice* lease_keeper::account(const std::string& pool, const limits_config& stated,
                                     std::int64_t claimed) {
  auto& one = accounts_[pool];
  if (!one) one = std::make_unique<account_slice>(stated, claimed, clock::now());
  return one.get();
}

result<void> lease_keeper::reach() { return script_.reach(clock::now() + patience_at_first); }

result<void> lease_keeper::join(std::string member) {
  member_ = std::move(member);
  for (int rounds = 0; rounds < 2; ++rounds) {
    const question first = compose(true);
    const auto asked_at = clock::now();
    auto heard = script_.call(first.pools, first.words, asked_at + patience_at_first);
    if (!heard) return heard.error();
    hear(std::move(heard), asked_at);
    if (!trouble_.empty()) return error{errc::protocol, trouble_};
    if (!budget_ || !budget_->slice.is_base_unknown()) break;
    const auto found = find_base();
    if (!found) return found;
  }
  return {};
}

result<void> lease_keeper::find_base() {
  const auto spent = budget_->spent_by_all();
  if (!spent) return spent.error();
  budget_->slice.found(*spent);
  return {};
}

lease_keeper::question lease_keeper::compose(bool stays) {
  lease_call call(member_, stays);
  for (auto& [pool, slice] : accounts_) {
    call.about(pool);
    slice->ask(call);
  }
  if (budget_) {
    call.about(budget_->pool);
    const auto used = budget_->used();
    budget_waits_said_ = std::ranges::any_of(used, [](const auto& of) { return of.lacking > 0; });
    budget_->slice.ask(call, used, clock::now(), stays);
    budget_->allow(budget_->slice.held());
  }
  asked_at_ = clock::now();
  const double spread = std::uniform_real_distribution<>(0.9, 1.1)(random_);
  next_at_ = asked_at_ + std::chrono::duration_cast<clock::duration>(spread * interval);
  return {call.pools(), call.words()};
}

void lease_keeper::hear(answer heard, clock::time_point asked_at) {
  if (!heard) {
    trouble_ = heard.error().message;
    return;
  }
  lease_reply reply(std::move(*heard));
  for (auto& [pool, slice] : accounts_) slice->hear(reply, asked_at, clock::now());
  if (budget_) hear_budget(reply);
  const bool is_whole = reply.is_good() && reply.is_read();
  trouble_ = is_whole ? "" : script_.server().shown() + " answers what is no lease";
  if (is_whole && !joined_) joined_ = clock::now();
}

void lease_keeper::hear_budget(lease_reply& reply) {
  const auto before = budget_->slice.held();
  budget_->slice.hear(reply, clock::now());
  if (budget_->slice.held() != before) budget_waits_said_ = false;  // there may be more
  budget_->allow(budget_->slice.held());
}

bool lease_keeper::is_due(clock::time_point now) const {
  if (now >= next_at_) return true;
  if (now < asked_at_ + soon) return false;
  const bool account_wants =
      std::ranges::any_of(accounts_, [](const auto& one) { return one.second->is_wanting(); });
  const auto lacks = [](const auto& of) { return of.lacking > 0; };
  const bool budget_wants =
      budget_ && !budget_waits_said_ && std::ranges::any_of(budget_->used(), lacks);
  const bool is_new = joined_ && now < *joined_ + newcomer && now >= asked_at_ + at_first;
  return account_wants || budget_wants || is_new;
}

void lease_keeper::begin() {
  thread_ = std::thread([this] { serve(); });
  tick();
}

void lease_keeper::tick() {
  if (ended_) return;
  look_after();
  ticker_.set(look_interval, [this] { tick(); });
}

void lease_keeper::look_after() {
  const auto now = clock::now();
  bool alone = false;
  for (auto& [pool, slice] : accounts_) alone |= slice->advance(now);
  if (alone) {
    tell_state(true);
    changed();
  }
  if (budget_ && budget_->slice.is_used_up(now)) budget_->used_up();
  if (!is_under_way_ && is_due(now)) ask();
}

void lease_keeper::tell_state(bool is_gone) {
  if (is_gone == is_said_gone_) return;
  is_said_gone_ = is_gone;
  if (!is_gone) {
    return say(fmt::format("{} is back: limits are shared again", script_.server().shown()));
  }
  std::int64_t members = 1;
  for (const auto& [pool, slice] : accounts_) members = std::max(members, slice->members());
  say(fmt::format("{} is gone ({}): going on with 1/{} of the limits until it is back",
                  script_.server().shown(), trouble_.empty() ? "it does not answer" : trouble_,
                  members));
}

void lease_keeper::ask() {
  question next = compose(true);
  is_under_way_ = true;
  const io::lock held(mutex_);
  open_ = std::move(next);
  news_.notify_one();
}

// On the thread.
void lease_keeper::serve() {
  for (;;) {
    question next;
    {
      io::lock held(mutex_);
      while (!open_ && !stop_) held.wait(news_);
      if (stop_) return;
      next = std::move(*open_);
      open_.reset();
    }
    const auto asked_at = clock::now();
    auto heard =
        std::make_shared<answer>(script_.call(next.pools, next.words, asked_at + patience_at_work));
    boost::asio::post(on_, [this, heard, asked_at] {
      if (ended_) return;
      is_under_way_ = false;
      hear(std::move(*heard), asked_at);
      if (trouble_.empty()) {
        tell_state(false);
        changed();
      }
      if (budget_ && budget_->slice.is_base_unknown() && !find_base()) next_at_ = clock::now();
    });
  }
}

void lease_keeper::stop_thread() {
  if (!thread_.joinable()) return;
  {
    const io::lock held(mutex_);
    stop_ = true;
    news_.notify_one();
  }
  thread_.join();
}

void lease_keeper::end() {
  if (std::exchange(ended_, true) || !thread_.joinable()) return;
  ticker_.cancel();
  stop_thread();
  const question last = compose(false);
  (void)script_.call(last.pools, last.words, clock::now() + patience_at_last);
}

}  // namespace retort::engine
