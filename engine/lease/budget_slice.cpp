#include "engine/lease/budget_slice.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace retort::engine {
namespace {

constexpr std::array names{"t", "n"};

// It holds so much ahead, for a while without who deals.
constexpr double ahead_s = 60;
// Of what it has under way and lacks, who lacks something asks for so many times as much.
constexpr std::int64_t growth = 4;
constexpr double slowing = 0.7;
// And so long for who deals, who may be gone for good.
constexpr std::chrono::minutes longest_wait{10};
// Nine million dollars: whole numbers up to here are exact as doubles, which Lua counts in.
constexpr std::int64_t most_counted = 9'000'000'000'000'000;

budget_slice::use counted(const budget_slice::use& of) {
  return {std::min(of.spent, most_counted), std::min(of.reserved, most_counted),
          std::min(of.lacking, most_counted)};
}

}  // namespace

budget_slice::budget_slice(measures<std::optional<std::int64_t>> caps, std::string shard,
                           std::int64_t claimed)
    : caps_(caps), shard_(std::move(shard)), claimed_(claimed) {
  for (auto& cap : caps_) {
    if (cap) cap = std::min(*cap, most_counted);
  }
}

void budget_slice::note_rate(std::size_t measure, const use& of, double passed_s) {
  rate& known = rates_[measure];
  if (known.spent >= 0 && passed_s > 0) {
    const double now = static_cast<double>(of.spent - known.spent) / passed_s;
    known.per_second = std::max(now, slowing * known.per_second);
    if (now <= 0 && known.per_second < 1) known.per_second = 0;
  }
  known.spent = of.spent;
}

std::int64_t budget_slice::wanted(std::size_t measure, const use& of) const {
  const double ahead =
      std::min(ahead_s * rates_[measure].per_second, static_cast<double>(most_counted));
  const std::int64_t lacking = of.lacking > 0 ? growth * (of.reserved + of.lacking) : 0;
  const std::int64_t needed = of.spent + of.reserved + lacking + std::llround(ahead);
  return std::max<std::int64_t>(0, std::min(needed, most_counted) - held_[measure]);
}

// Who has nothing under way gives back what it does not use: also one who waits, since several who
// hold a little each, too little for a request, would all wait for ever.
void budget_slice::ask(lease_call& call, const measures<use>& now_used, time_point now,
                       bool stays) {
  const double passed_s = asked_at_ ? std::chrono::duration<double>(now - *asked_at_).count() : 0.0;
  asked_at_ = now;
  const bool lacks = std::ranges::any_of(now_used, [](const use& of) { return of.lacking > 0; });
  if (!lacks) lacking_since_.reset();
  if (lacks && !lacking_since_) lacking_since_ = now;
  call.say("b");
  call.say(shard_);
  call.say(epoch_);
  call.say(claimed_);
  call.say(std::int64_t{std::ranges::count_if(caps_, [](const auto& cap) { return !!cap; })});
  for (std::size_t i = 0; i < caps_.size(); ++i) {
    if (!caps_[i]) continue;
    const use of = counted(now_used[i]);
    note_rate(i, of, passed_s);
    const bool rests = of.reserved == 0 && rates_[i].per_second == 0;
    if (rests || !stays || (lacks && of.reserved == 0)) held_[i] = of.spent;
    held_[i] = std::max(held_[i], std::min(of.spent + of.reserved, most_counted));
    const auto least = std::max<std::int64_t>(1, of.spent + of.reserved + of.lacking - held_[i]);
    needed_[i] = held_[i] + least;
    call.say(names[i]);
    call.say(*caps_[i]);
    call.say(committed_[i]);
    call.say(held_[i]);
    call.say(wanted(i, of));
    call.say(least);
  }
}

void budget_slice::hear(lease_reply& reply, time_point now) {
  const std::string epoch = reply.word();
  base_unknown_ = reply.is_good() && epoch.empty();
  if (base_unknown_) return;
  const std::int64_t members = reply.whole();
  measures<std::int64_t> held = held_, committed = committed_, free = free_;
  for (std::size_t i = 0; i < caps_.size(); ++i) {
    if (!caps_[i]) continue;
    held[i] = reply.whole();
    committed[i] = reply.whole();
    free[i] = reply.whole();
  }
  if (!reply.is_good()) return;
  if (held != held_ && lacking_since_) lacking_since_ = now;
  epoch_ = epoch;
  members_ = members;
  held_ = held;
  committed_ = committed;
  free_ = free;
}

bool budget_slice::is_used_up(time_point now) const {
  if (!lacking_since_) return false;
  bool is_short = false;
  const bool was_heard = !epoch_.empty();
  for (std::size_t i = 0; was_heard && i < caps_.size(); ++i) {
    is_short |= caps_[i] && free_[i] < needed_[i] - std::max<std::int64_t>(0, held_[i]);
  }
  const bool is_last = members_ == 1 && claimed_ <= 1;
  const bool is_hopeless = now >= *lacking_since_ + longest_wait;
  return is_hopeless || (is_short && (is_last || now >= *lacking_since_ + patience));
}

}  // namespace retort::engine
