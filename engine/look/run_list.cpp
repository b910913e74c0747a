#include "engine/look/run_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/look/sample_walk.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

void take_facts(const run_facts& from, listed_run& into) {
  into.accepted = from.accepted;
  into.rejected = from.rejected.all();
  into.failed = from.failed;
  into.usd = from.usd();
  into.records = from.records;
}

result<void> take_ledger(const found_run& from, listed_run& into) {
  ledger_account used;
  sample_walk state;
  std::map<std::uint32_t, std::uint64_t> accepted;  // by step
  auto walked =
      walk_samples(from.where.ledger(), state, [&](const sample& one, standing how, std::uint64_t) {
        used.note(one.key, account_of(one));
        if (how != standing::settled) return;
        accepted[one.key.step] += one.verdict() == verdict::accepted;
        into.rejected += one.verdict() == verdict::rejected;
        into.failed += one.verdict() == verdict::failed;
      });
  if (!walked) return walked.error();
  into.accepted = accepted[state.last_step(from.facts ? from.facts->last_step() : 0)];
  into.failed += state.left_open();
  if (!from.facts) return {};
  run_facts facts = *from.facts;
  take_account(used, facts);
  into.usd = facts.usd();
  return {};
}

void skip_shards(const std::string& path, const std::function<void(const error&)>& skipped) {
  const auto shards = shards_in(path);
  if (!shards) return skipped(shards.error());
  if (!shards->empty()) skipped(unmerged(path, shards->front()));
}

}  // namespace

std::string_view name(run_state state) {
  constexpr std::string_view words[] = {"at work", "done", "failed samples", "stopped", "killed"};
  return words[static_cast<std::size_t>(state)];
}

run_state state_of(const found_run& of) {
  if (of.is_at_work) return run_state::at_work;
  if (!of.facts || of.facts->ended_ms == 0) return run_state::killed;
  if (of.facts->state == "done") return run_state::done;
  return of.facts->state == "failed samples" ? run_state::failed_samples : run_state::stopped;
}

result<listed_run> list_run(const found_run& of) {
  listed_run out;
  out.directory = of.where.path;
  out.name = of.name;
  out.state = state_of(of);
  out.changed_ms = of.changed_ms;
  if (of.is_summed_up()) {
    take_facts(*of.facts, out);
    return out;
  }
  auto taken = take_ledger(of, out);
  if (!taken) return taken.error();
  return out;
}

result<std::vector<listed_run>> list_runs(const std::string& directory,
                                          const std::function<void(const error&)>& skipped) {
  auto paths = io::paths_in(directory);
  if (!paths) return paths.error();
  if (!*paths) return error{errc::usage, directory + " is no directory that is there"};
  const auto itself = look_at(directory);
  if (itself && *itself) **paths = {directory};
  std::vector<listed_run> out;
  for (const auto& path : **paths) {
    const auto found = look_at(path);
    if (!found) skipped(found.error());
    if (found && !*found) skip_shards(path, skipped);
    if (!found || !*found) continue;
    auto listed = list_run(**found);
    if (listed) {
      out.push_back(std::move(*listed));
    } else {
      skipped(listed.error());
    }
  }
  return out;
}

std::string age_text(std::int64_t ms) {
  const std::int64_t minutes = ms / 60'000;
  if (minutes < 1) return "now";
  if (minutes < 60) return fmt::format("{} min", minutes);
  if (minutes < 48 * 60) return fmt::format("{} h", minutes / 60);
  return fmt::format("{} d", minutes / (24 * 60));
}

}  // namespace retort::engine
