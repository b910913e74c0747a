#include "tools/status_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/look/run_list.hpp"
#include "engine/text/amounts.hpp"
#include "io/base/console.hpp"
#include "io/base/json_writer.hpp"
#include "tools/text_table.hpp"

namespace retort::tools {
namespace {

using engine::run_status;
using engine::shard_state;
using engine::shard_status;

// Head, total, and what is said of those that are left out.
constexpr std::size_t lines_around = 4;

constexpr shard_state all_states[] = {
    shard_state::at_work, shard_state::done,   shard_state::failed_samples, shard_state::stopped,
    shard_state::killed,  shard_state::silent, shard_state::unreadable,     shard_state::waiting};

std::string usd_text(const std::optional<double>& usd) {
  return usd ? fmt::format("{:.4f}", *usd) : "?";
}

std::string eta_text(const std::optional<double>& seconds) {
  if (!seconds) return "";
  const auto whole = static_cast<std::uint64_t>(std::min(*seconds, 1e9));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min", (whole + 59) / 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string done_text(const shard_status& of) {
  if (!of.total) return engine::grouped(of.done);
  const double share =
      *of.total ? 100.0 * static_cast<double>(of.done) / static_cast<double>(*of.total) : 100;
  return fmt::format("{} of {} ({:.0f} %)", engine::grouped(of.done), engine::grouped(*of.total),
                     share);
}

std::vector<std::string> row_of(const std::string& name, const std::string& state,
                                const shard_status& of, const std::string& eta,
                                const std::string& seen) {
  return {name,
          state,
          done_text(of),
          engine::grouped(of.accepted),
          engine::grouped(of.failed),
          of.per_s > 0 ? fmt::format("{:.1f}", of.per_s) : "",
          usd_text(of.usd),
          eta,
          of.starts > 1 ? fmt::format("{}", of.starts - 1) : "",
          seen};
}

std::vector<std::string> row_of(const shard_status& of, std::int64_t now_ms) {
  const std::string seen = of.last_ms ? engine::age_text(now_ms - of.last_ms) : "";
  return row_of(fmt::format("{}", of.index), std::string(name(of.state)), of, eta_text(of.eta_s()),
                seen);
}

// Who has to be looked at, before who is at work, before who is done or is still to begin.
int rank_of(const shard_status& of) {
  if (engine::is_standing(of.state)) return 0;
  if (of.state == shard_state::at_work) return 1;
  return of.state == shard_state::failed_samples ? 2 : 3;
}

std::vector<const shard_status*> shown_of(const run_status& of, std::size_t most) {
  std::vector<const shard_status*> out;
  for (const shard_status& one : of.shards) out.push_back(&one);
  if (out.size() <= most) return out;
  std::ranges::stable_sort(out, {}, [](const shard_status* one) { return rank_of(*one); });
  out.resize(most);
  std::ranges::sort(out, {}, &shard_status::index);
  return out;
}

std::string states_text(const run_status& of) {
  std::string out;
  for (const shard_state one : all_states) {
    const std::uint32_t count = of.count(one);
    if (count > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, name(one));
  }
  return out;
}

// Why they stand, as many as have the same reason in one line.
std::vector<std::string> reasons(const run_status& of) {
  std::vector<std::pair<std::string, std::vector<std::uint32_t>>> found;
  for (const shard_status& one : of.shards) {
    if (one.reason.empty()) continue;
    const std::string why = fmt::format("{}: {}", name(one.state), one.reason);
    auto known = std::ranges::find(found, why, [](const auto& each) { return each.first; });
    if (known == found.end()) known = found.insert(found.end(), {why, {}});
    known->second.push_back(one.index);
  }
  std::vector<std::string> out;
  for (const auto& [why, shards] : found) {
    const std::string more =
        shards.size() > 1 ? fmt::format(" and {} more", shards.size() - 1) : "";
    out.push_back(fmt::format("shard {}{} {}", shards[0], more, why));
  }
  return out;
}

void write_counts(io::json_writer& json, const shard_status& of) {
  json.member("done", of.done);
  json.member("total", of.total);
  json.member("accepted", of.accepted);
  json.member("rejected", of.rejected);
  json.member("failed", of.failed);
  json.member("per_s", of.per_s);
  json.member("usd", of.usd);
}

void write_shard(io::json_writer& json, const shard_status& of) {
  json.open_object();
  json.member("shard", of.index);
  json.member("state", name(of.state));
  if (!of.reason.empty()) json.member("reason", of.reason);
  write_counts(json, of);
  json.member("eta_s", of.eta_s());
  json.member("restarts", of.starts > 0 ? of.starts - 1 : 0);
  json.member("last_ms", of.last_ms);
  json.close_object();
}

}  // namespace

std::string status_text(const std::string& run, const run_status& of, std::int64_t now_ms,
                        std::size_t most_lines) {
  std::vector<std::string> why = reasons(of);
  if (why.size() > 3) why.resize(3);
  const std::size_t around = lines_around + why.size();
  const auto shown = shown_of(of, most_lines > around + 1 ? most_lines - around : 1);
  text_table table(
      {"shard", "state", "done", "accepted", "failed", "per s", "USD", "ETA", "restarts", "seen"},
      2);
  for (const shard_status* one : shown) table.add(row_of(*one, now_ms));
  table.add(row_of("all", "", of.all, eta_text(of.eta_s), ""));
  std::string out;
  io::append_line(out, fmt::format("{}: {} shards: {}", run, of.shards.size(), states_text(of)));
  out += table.text();
  if (shown.size() < of.shards.size()) {
    io::append_line(out, fmt::format("and {} more shards", of.shards.size() - shown.size()));
  }
  for (const std::string& line : why) io::append_line(out, line);
  return out;
}

std::string status_json(const std::string& run, const run_status& of) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("run", run);
  json.key("states");
  json.open_object();
  for (const shard_state one : all_states) {
    if (const std::uint32_t count = of.count(one)) json.member(name(one), count);
  }
  json.close_object();
  write_counts(json, of.all);
  json.member("eta_s", of.eta_s);
  json.member("restarts", of.all.starts);
  json.key("shards");
  json.open_array();
  for (const shard_status& one : of.shards) write_shard(json, one);
  json.close_array();
  json.close_object();
  return out;
}

}  // namespace retort::tools
