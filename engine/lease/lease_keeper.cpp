#include "engine/lease/lease_keeper.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/lease/lease_script.hpp"

namespace retort::engine {
namespace {

using std::chrono::milliseconds;

// A connection takes several ways there and back, a question one. Who is heard later than so after
// it asked would be late for the others before it knows (LATE in lease.lua).
constexpr std::chrono::seconds patience_to_reach{5}, patience{1};
constexpr milliseconds patience_at_last{500};
// The first answer is late where the script has to be sent first, and there is none where the
// connection was lost while the run was prepared.
constexpr int first_tries = 3;
// From one question to the next, with a tenth more or less, so that tasks that began together do
// not ask together. Sooner where somebody waits who did not when it was last asked, and for whom
// has just come.
constexpr milliseconds interval{1000}, soon{200}, at_first{500};
constexpr std::chrono::seconds newcomer{3};
constexpr milliseconds look_interval{50};

limits_config lowest(limits_config one, const limits_config& other) {
  const auto lower = [](auto& of, const auto& limit) {
    if (limit && (!of || *limit < *of)) of = limit;
  };
  lower(one.rps, other.rps);
  lower(one.rpm, other.rpm);
  lower(one.tpm, other.tpm);
  lower(one.input_tpm, other.input_tpm);
  lower(one.output_tpm, other.output_tpm);
  lower(one.concurrency, other.concurrency);
  return one;
}

}  // namespace

lease_keeper::lease_keeper(io::executor on, io::redis_server at)
    : on_(on), ticker_(on), random_(std::random_device{}()), script_(std::move(at), lease_script) {}

lease_keeper::~lease_keeper() { stop_thread(); }

account_slice* lease_keeper::account(const std::string& pool, const limits_config& stated,
                                     std::int64_t claimed) {
  limits_config& all = stated_.try_emplace(pool, stated).first->second;
  all = lowest(all, stated);
  account_slice made(all, claimed, clock::now());
  auto& one = accounts_[pool];
  if (!one) one = std::make_unique<account_slice>(made);
  *one = std::move(made);
  return one.get();
}

result<void> lease_keeper::reach() { return script_.reach(clock::now() + patience_to_reach); }

result<void> lease_keeper::ask_first() {
  const auto until = clock::now() + patience_to_reach;
  error why{errc::timeout, ""};
  for (int tries = 0; tries < first_tries; ++tries) {
    const auto there = script_.reach(until);
    if (!there) return there.error();
    const question first = compose(true);
    const auto asked_at = clock::now();
    auto heard = script_.call(first.pools, first.words, asked_at + patience);
    if (heard) {
      hear(std::move(heard), asked_at);
      return trouble_.empty() ? result<void>() : error{errc::protocol, trouble_};
    }
    why = heard.error();
    if (why.code != errc::timeout && why.code != errc::reset) break;
  }
  if (why.code != errc::timeout) return why;
  return error{why.code, fmt::format("{} does not answer within {} s, too slow to share limits by",
                                     script_.server().shown(), patience.count())};
}

result<void> lease_keeper::join(std::string member) {
  member_ = std::move(member);
  for (int rounds = 0; rounds < 2; ++rounds) {
    const auto heard = ask_first();
    if (!heard) return heard;
    if (!budget_ || !budget_->slice.is_base_unknown()) break;
    const auto found = find_base();
    if (!found) return found;
  }
  is_reached_ = true;
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

// Where there is no connection, one is all that is asked for: what is said now would be old by
// then.
void lease_keeper::ask() {
  question next = compose(true);
  if (!is_reached_) next = {};
  is_under_way_ = true;
  const io::lock held(mutex_);
  open_ = std::move(next);
  news_.notify_one();
}

// On the thread.
lease_keeper::answer lease_keeper::reached() {
  const auto there = reach();
  if (!there) return there.error();
  return std::vector<std::string>();
}

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
    auto heard = std::make_shared<answer>(
        next.pools.empty() ? reached() : script_.call(next.pools, next.words, asked_at + patience));
    boost::asio::post(on_, [this, heard, asked_at] {
      if (ended_) return;
      is_under_way_ = false;
      const bool was_reached = std::exchange(is_reached_, heard->has_value());
      if (!was_reached && is_reached_) return ask();
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
