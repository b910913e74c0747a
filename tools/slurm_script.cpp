#include "tools/slurm_script.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "tools/slurm_templates.hpp"

namespace retort::tools {
namespace {

constexpr std::string_view harmless =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/%@";

bool is_harmless(std::string_view text) {
  return !text.empty() && text.find_first_not_of(harmless) == std::string_view::npos;
}

std::string with_each(std::string_view text, char what, std::string_view with) {
  std::string out;
  for (const char c : text) {
    if (c == what) {
      out += with;
    } else {
      out += c;
    }
  }
  return out;
}

std::string command_line_of(const std::vector<std::string>& words) {
  std::vector<std::string> quoted_words;
  for (const auto& word : words) quoted_words.push_back(shell_word(word));
  return fmt::format("command=({})\n", fmt::join(quoted_words, " "));
}

void add(std::vector<std::string>& to, std::string_view name, std::string_view value) {
  if (!value.empty()) to.push_back(fmt::format("--{}={}", name, value));
}

std::vector<std::string> options_of(const array_job& of, const std::string& name,
                                    std::string_view log) {
  std::vector<std::string> out;
  add(out, "job-name", name);
  add(out, "chdir", of.directory);
  add(out, "output", fmt::format("{}{}", without_patterns(of.logs), log));
  add(out, "open-mode", "append");
  add(out, "cpus-per-task", fmt::format("{}", of.cpus));
  add(out, "mem", of.memory);
  add(out, "partition", of.partition);
  add(out, "account", of.account);
  return out;
}

// In the template it stands alone on its line.
std::string filled(std::string_view from, const std::string& values) {
  constexpr std::string_view place = "@VALUES@\n";
  std::string out(from);
  return out.replace(out.find(place), place.size(), values);
}

std::optional<std::vector<std::uint64_t>> numbers_of(std::string_view text) {
  std::vector<std::uint64_t> out;
  for (;;) {
    const std::size_t end = std::min(text.find(':'), text.size());
    std::uint32_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + end, number);
    if (read.ec != std::errc() || read.ptr != text.data() + end) return std::nullopt;
    out.push_back(number);
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

constexpr std::uint64_t minute_s = 60, hour_s = 3600, day_s = 24 * hour_s;

// As Slurm reads them: what a number means hangs on how many there are.
std::optional<std::uint64_t> seconds_without_days(const std::vector<std::uint64_t>& of) {
  switch (of.size()) {
    case 1: return of[0] * minute_s;
    case 2: return of[0] * minute_s + of[1];
    case 3: return of[0] * hour_s + of[1] * minute_s + of[2];
    default: return std::nullopt;
  }
}

std::optional<std::uint64_t> seconds_behind_days(const std::vector<std::uint64_t>& of) {
  constexpr std::uint64_t units[] = {hour_s, minute_s, 1};
  if (of.size() > std::size(units)) return std::nullopt;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < of.size(); ++i) sum += of[i] * units[i];
  return sum;
}

}  // namespace

std::string shell_word(std::string_view text) {
  return is_harmless(text) ? std::string(text) : "'" + with_each(text, '\'', "'\\''") + "'";
}

std::string without_patterns(std::string_view path) { return with_each(path, '%', "%%"); }

std::optional<std::uint64_t> seconds_of(std::string_view slurm_time) {
  const std::size_t dash = slurm_time.find('-');
  if (dash == std::string_view::npos) {
    const auto numbers = numbers_of(slurm_time);
    return numbers ? seconds_without_days(*numbers) : std::nullopt;
  }
  const auto days = numbers_of(slurm_time.substr(0, dash));
  const auto rest = numbers_of(slurm_time.substr(dash + 1));
  if (!days || days->size() != 1 || !rest) return std::nullopt;
  const auto seconds = seconds_behind_days(*rest);
  if (!seconds) return std::nullopt;
  return days->front() * day_s + *seconds;
}

std::uint64_t warning_s(std::string_view slurm_time) {
  constexpr std::uint64_t most = 120;
  const auto time = seconds_of(slurm_time);
  return time ? std::min(most, *time / 4) : most;
}

result<std::vector<array_part>> array_parts(std::uint32_t shards, std::uint32_t throttle,
                                            std::uint32_t max_array) {
  const std::uint32_t arrays = (shards - 1) / max_array + 1;
  if (throttle > 0 && throttle < arrays) {
    return error{errc::usage,
                 fmt::format("--throttle {} is less than the {} arrays that {} tasks need, since "
                             "one holds {} here (MaxArraySize)",
                             throttle, arrays, shards, max_array)};
  }
  std::vector<array_part> out;
  for (std::uint32_t i = 0; i < arrays; ++i) {
    const std::uint32_t first = i * max_array;
    const std::uint32_t share = throttle / arrays + (i < throttle % arrays ? 1 : 0);
    out.push_back({first, std::min(max_array, shards - first), share});
  }
  return out;
}

std::string array_text(const array_part& one) {
  const std::string tasks = fmt::format("0-{}", one.tasks - 1);
  return one.throttle ? fmt::format("{}%{}", tasks, one.throttle) : tasks;
}

std::vector<std::string> array_options(const array_job& of) {
  std::vector<std::string> out = options_of(of, of.name, "/slurm-%A_%a.out");
  out.push_back("--requeue");
  out.push_back(fmt::format("--signal=B:USR1@{}", warning_s(of.time)));
  add(out, "time", of.time);
  out.insert(out.end(), of.options.begin(), of.options.end());
  return out;
}

std::vector<std::string> merge_options(const array_job& of) {
  std::vector<std::string> out = options_of(of, of.name + "-merge", "/slurm-%j.out");
  out.insert(out.end(), of.options.begin(), of.options.end());
  return out;
}

std::string array_script(const array_job& of) {
  return filled(run_template,
                command_line_of(of.command) +
                    fmt::format("shards={}\nrestarts={}\nlogs={}\nexport RETORT_GRACE_S={}\n",
                                of.shards, of.restarts, shell_word(of.logs), of.kill_wait_s));
}

std::string merge_script(const array_job& of) {
  return filled(merge_template,
                command_line_of(of.merge) + fmt::format("logs={}\n", shell_word(of.logs)));
}

}  // namespace retort::tools
