#include "engine/look/run_shards.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/look/run_list.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t most_named = 10;

// "3, 7 to 9"
std::string in_words(const std::vector<std::uint32_t>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    out += out.empty() ? "" : ", ";
    out += end - i > 2 ? fmt::format("{} to {}", numbers[i], numbers[end - 1])
                       : fmt::format("{}", numbers[i]);
    i = end - i > 2 ? end : i + 1;
  }
  return out;
}

std::string why_unfinished(const found_run& of) {
  if (!of.facts) return "no summary.json";
  const std::string_view state = name(state_of(of));
  if (of.facts->ended_ms > 0 && !of.facts->reason.empty() && !of.is_at_work) {
    return fmt::format("{}: {}", state, of.facts->reason);
  }
  return std::string(state);
}

std::int64_t began(const run_shard& one) {
  return one.found && one.found->facts ? one.found->facts->began_ms : 0;
}

}  // namespace

bool run_shard::is_finished() const {
  if (!found || !found->facts || found->is_at_work) return false;
  const run_state state = state_of(*found);
  return (state == run_state::done || state == run_state::failed_samples) && found->is_summed_up();
}

result<std::vector<run_shard>> look_at_shards(const std::string& run_dir) {
  auto known = shards_in(run_dir);
  if (!known) return known.error();
  std::vector<run_shard> out;
  for (known_shard& one : *known) {
    auto found = look_at(one.path);
    run_shard& added = out.emplace_back();
    added.which = std::move(one);
    if (!found) added.problem = found.error();
    if (found) added.found = std::move(*found);
  }
  return out;
}

std::uint32_t present_count(const std::vector<run_shard>& shards) {
  const auto last = std::ranges::max_element(shards, {}, began);
  return last == shards.end() ? 0 : last->which.count;
}

std::vector<run_shard> shards_of(const std::vector<run_shard>& all, std::uint32_t count) {
  std::vector<run_shard> out;
  std::ranges::copy_if(all, std::back_inserter(out),
                       [&](const run_shard& one) { return one.which.count == count; });
  return out;
}

std::string missing_shards(const std::vector<run_shard>& of_count, std::uint32_t count) {
  std::vector<bool> there(count);
  for (const run_shard& one : of_count) there[one.which.index] = one.found.has_value();
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!there[i]) missing.push_back(i);
  }
  return in_words(missing);
}

std::string unfinished_shards(const std::vector<run_shard>& of_count) {
  std::string out;
  std::size_t named = 0, more = 0;
  for (const run_shard& one : of_count) {
    if (!one.found || one.is_finished()) continue;
    more += named == most_named;
    if (named == most_named) continue;
    out +=
        fmt::format("{}{} ({})", named++ ? ", " : "", one.which.index, why_unfinished(*one.found));
  }
  return more ? fmt::format("{} and {} more", out, more) : out;
}

}  // namespace retort::engine
