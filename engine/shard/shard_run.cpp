#include "engine/shard/shard_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <tuple>

#include "engine/config/run_directory.hpp"
#include "engine/shard/shard_share.hpp"
#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

std::string name_of(std::uint32_t index, std::uint32_t count) {
  return fmt::format("{:04}-of-{:04}", index, count);
}

std::optional<std::uint32_t> digits(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Nothing where it is not just such a name.
std::optional<known_shard> shard_named(const std::string& name) {
  constexpr std::string_view of = "-of-";
  const auto middle = name.find(of);
  if (middle == std::string::npos) return std::nullopt;
  const auto index = digits(std::string_view(name).substr(0, middle));
  const auto count = digits(std::string_view(name).substr(middle + of.size()));
  if (!index || !count || *index >= *count || name_of(*index, *count) != name) return std::nullopt;
  return known_shard{*index, *count, ""};
}

}  // namespace

std::chrono::seconds sign_interval(std::uint32_t shards) {
  return std::chrono::seconds(std::max<std::uint32_t>(10, (shards + 9) / 10));
}

std::chrono::seconds silence_limit(std::uint32_t shards) { return 6 * sign_interval(shards); }

io::row_part rows_of(const shard_config& one) { return {records_per_block, one.index, one.count}; }

io::row_part rows_of(const config& run) { return run.shard ? rows_of(*run.shard) : io::row_part(); }

std::string shard_directory(const std::string& run_dir, std::uint32_t index, std::uint32_t count) {
  return run_directory{run_dir}.shards() + '/' + name_of(index, count);
}

result<std::vector<known_shard>> shards_in(const std::string& run_dir) {
  const auto paths = io::paths_in(run_directory{run_dir}.shards());
  if (!paths) return paths.error();
  std::vector<known_shard> out;
  for (const std::string& path : paths->value_or(std::vector<std::string>())) {
    auto known = shard_named(std::filesystem::path(path).filename().string());
    if (!known) continue;
    known->path = path;
    out.push_back(std::move(*known));
  }
  std::ranges::sort(out, {},
                    [](const known_shard& one) { return std::tuple(one.count, one.index); });
  return out;
}

result<config> shard_of(config whole, std::uint32_t index, std::uint32_t count) {
  for (const config& step : whole.earlier) {
    if (!step.filter.unique) continue;
    return error{
        errc::usage,
        fmt::format("step {} has filter.unique, which decides what the next step asks: its "
                    "shards do not know each other's answers; expected unique in the last "
                    "step, where the merge sees them all, or no shards",
                    step.step)};
  }
  if (auto divided = take_share(whole, index, count); !divided) return divided.error();
  whole.shard = {index, count, whole.run_dir};
  whole.run_dir = shard_directory(whole.run_dir, index, count);
  return whole;
}

config whole_of(const config& shard) {
  config out = shard;
  if (out.shard) out.run_dir = out.shard->run_dir;
  out.shard.reset();
  return out;
}

}  // namespace retort::engine
