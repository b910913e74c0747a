#include "engine/status/shard_status.hpp"

#include <algorithm>
#include <chrono>

#include "engine/directory/adoption.hpp"
#include "engine/look/run_list.hpp"

namespace retort::engine {
namespace {

std::int64_t silence_limit_ms(std::uint32_t shards) {
  return std::chrono::milliseconds(silence_limit(shards)).count();
}

std::int64_t last_sign(const found_run& of) {
  std::int64_t last = of.changed_ms;
  if (!of.facts) return last;
  if (of.facts->live) last = std::max(last, of.facts->live->at_ms);
  return std::max({last, of.facts->began_ms, of.facts->ended_ms});
}

// Of one that wrote no end. One that wrote no summary at all has not begun: it was killed before
// that, or ended by itself, as on a full disk.
shard_state state_of_unended(const run_shard& shard, std::int64_t last_ms, std::int64_t now_ms) {
  if (shard.found->is_at_work) return shard_state::at_work;
  if (knows_all_locks(shard.which.path)) {
    return shard.found->facts ? shard_state::killed : shard_state::stopped;
  }
  const bool is_silent = now_ms - last_ms > silence_limit_ms(shard.which.count);
  return is_silent ? shard_state::silent : shard_state::at_work;
}

// Its records may have been taken over from other ledgers before that.
std::string why_without_summary(const found_run& of) {
  return of.has_samples() ? "left no summary.json" : "ended before it began: its log says why";
}

shard_state state_now(const run_shard& shard, std::int64_t last_ms, std::int64_t now_ms) {
  const found_run& of = *shard.found;
  const bool has_ended = of.facts && of.facts->ended_ms > 0 && !of.is_at_work;
  if (!has_ended) return state_of_unended(shard, last_ms, now_ms);
  switch (state_of(of)) {
    case run_state::done: return shard_state::done;
    case run_state::failed_samples: return shard_state::failed_samples;
    default: return shard_state::stopped;
  }
}

void take_live(const live_facts& from, shard_status& into) {
  into.done = from.done;
  into.total = from.total;
  into.accepted = from.accepted;
  into.rejected = from.rejected;
  into.failed = from.failed;
  into.usd = from.usd;
  if (into.state == shard_state::at_work) into.per_s = from.per_s;
}

void add(const shard_status& one, shard_status& to) {
  to.done += one.done;
  to.accepted += one.accepted;
  to.rejected += one.rejected;
  to.failed += one.failed;
  to.per_s += one.per_s;
  to.last_ms = std::max(to.last_ms, one.last_ms);
  to.starts += one.starts > 0 ? one.starts - 1 : 0;
  if (one.state == shard_state::waiting) return;  // it has cost nothing
  to.usd = to.usd && one.usd ? std::optional(*to.usd + *one.usd) : std::nullopt;
}

// Whose number is not known is taken for as large as the others are.
void add_totals(run_status& into) {
  std::uint64_t known = 0, sum = 0;
  for (const shard_status& one : into.shards) {
    if (one.total) ++known, sum += *one.total;
  }
  if (known > 0) into.all.total = sum / known * into.shards.size() + sum % known;
  if (known == into.shards.size()) into.all.total = sum;
}

void estimate_end(run_status& of) {
  if (of.all.per_s <= 0 || !of.all.total) return;
  double eta = static_cast<double>(of.all.left()) / of.all.per_s;
  for (const shard_status& one : of.shards) eta = std::max(eta, one.eta_s().value_or(0));
  of.eta_s = eta;
}

}  // namespace

std::string_view name(shard_state state) {
  constexpr std::string_view words[] = {"waiting", "at work", "done",   "failed samples",
                                        "stopped", "killed",  "silent", "unreadable"};
  return words[static_cast<std::size_t>(state)];
}

bool is_standing(shard_state state) {
  return state == shard_state::stopped || state == shard_state::killed ||
         state == shard_state::silent || state == shard_state::unreadable;
}

std::optional<double> shard_status::eta_s() const {
  if (state != shard_state::at_work || !total || per_s <= 0) return std::nullopt;
  return static_cast<double>(left()) / per_s;
}

std::uint32_t run_status::count(shard_state state) const {
  return static_cast<std::uint32_t>(
      std::ranges::count(shards, state, [](const shard_status& one) { return one.state; }));
}

bool run_status::has_ended() const {
  return count(shard_state::done) + count(shard_state::failed_samples) == shards.size();
}

shard_status status_of(const run_shard& shard, std::int64_t now_ms) {
  shard_status out;
  out.index = shard.which.index;
  if (shard.problem) {
    out.state = shard_state::unreadable;
    out.reason = shard.problem->message;
  }
  if (!shard.found) return out;
  out.last_ms = last_sign(*shard.found);
  out.state = state_now(shard, out.last_ms, now_ms);
  if (!shard.found->facts) {
    if (out.state == shard_state::stopped) out.reason = why_without_summary(*shard.found);
    return out;
  }
  const run_facts& facts = *shard.found->facts;
  out.starts = facts.starts;
  if (out.state == shard_state::stopped) out.reason = facts.reason;
  if (facts.live) take_live(*facts.live, out);
  return out;
}

run_status status_of(const std::vector<run_shard>& all, std::int64_t now_ms) {
  run_status out;
  const std::uint32_t count = present_count(all);
  for (std::uint32_t i = 0; i < count; ++i) out.shards.emplace_back().index = i;
  for (const run_shard& one : all) {
    if (one.which.count == count) out.shards[one.which.index] = status_of(one, now_ms);
    if (!out.problem) out.problem = one.problem;
    out.other_ledgers += one.which.count != count && one.found;
  }
  out.all.usd = 0;
  for (const shard_status& one : out.shards) add(one, out.all);
  add_totals(out);
  estimate_end(out);
  return out;
}

}  // namespace retort::engine
