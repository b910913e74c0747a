#include "engine/shard/shard_choice.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <vector>

#include "engine/text/shown_text.hpp"

namespace retort::engine {
namespace {

using choice = result<std::optional<shard_choice>>;

// Everybody who may want another answer.
constexpr std::string_view way_out = "give --shard i/N, or --shard none for the whole run";

// The steps that Slurm makes by itself (slurm.h: SLURM_PENDING_STEP down to
// SLURM_INTERACTIVE_STEP) have the last of the numbers.
constexpr std::uint64_t first_own_step = 0xfffffff0;

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = problem == std::errc() && end == text.data() + text.size();
  return is_whole && !text.empty() ? std::optional(number) : std::nullopt;
}

error refusal(const std::string& why) { return {errc::usage, fmt::format("{}: {}", why, way_out)}; }

error no_shard(std::string_view by, const std::string& text) {
  return {errc::usage, fmt::format("{} is {}; expected i/N with i from 0 to N-1 and N at most {}, "
                                   "or none",
                                   by, shown(text), max_shards)};
}

choice stated(std::string_view by, const std::string& text) {
  if (text == "none") return std::optional<shard_choice>();
  const auto slash = text.find('/');
  if (slash == std::string::npos) return no_shard(by, text);
  const auto index = number_in(std::string_view(text).substr(0, slash));
  const auto count = number_in(std::string_view(text).substr(slash + 1));
  if (!index || !count || *index >= *count || *count > max_shards) return no_shard(by, text);
  return std::optional(shard_choice{static_cast<std::uint32_t>(*index),
                                    static_cast<std::uint32_t>(*count), std::string(by)});
}

class scheduler_reader {
 public:
  explicit scheduler_reader(const environment& env) : env_(env) {}

  choice choose() {
    std::vector<std::string_view> who;
    if (has("SLURM_ARRAY_TASK_ID")) who.emplace_back("SLURM_ARRAY_TASK_ID (an array)");
    if (is_step_of_several()) who.emplace_back("SLURM_PROCID (a step of several tasks)");
    if (has("JOB_COMPLETION_INDEX")) who.emplace_back("JOB_COMPLETION_INDEX (Kubernetes)");
    if (who.size() > 1) {
      return refusal(fmt::format("{} and {} both number this task", who[0], who[1]));
    }
    if (who.empty() && has("RETORT_SHARDS")) {
      return refusal(
          "RETORT_SHARDS says how many shards there are, and nothing says which is this");
    }
    if (who.empty()) return std::optional<shard_choice>();
    if (who[0].starts_with("SLURM_ARRAY")) return of_array();
    return who[0].starts_with("SLURM") ? of_step() : of_index("JOB_COMPLETION_INDEX");
  }

 private:
  std::string text(const char* name) const {
    const char* const value = env_(name);
    return value ? value : "";
  }
  bool has(const char* name) const { return !text(name).empty(); }

  // A variable that must be a number; the first that is not is what is wrong.
  std::uint64_t number(const char* name) {
    const auto found = number_in(text(name));
    if (!found && !problem_) {
      problem_ = refusal(has(name) ? fmt::format("{} is {}, and no number", name, shown(text(name)))
                                   : fmt::format("{} is not set", name));
    }
    return found.value_or(0);
  }

  std::uint64_t tasks_of_step() {
    return number(has("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS");
  }

  bool is_step_of_several() {
    const auto step = number_in(text("SLURM_STEP_ID"));
    if (!step || *step >= first_own_step) return false;
    const auto tasks =
        number_in(text(has("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS"));
    return tasks && *tasks > 1;
  }

  choice made(std::uint64_t index, std::uint64_t count, std::string source) const {
    if (problem_) return *problem_;
    if (count > max_shards || index >= count) {
      return refusal(fmt::format("{}: there is no shard {} of {}", source, index, count));
    }
    return std::optional(shard_choice{static_cast<std::uint32_t>(index),
                                      static_cast<std::uint32_t>(count), std::move(source)});
  }

  // The index as it is, and RETORT_SHARDS says of how many.
  choice of_index(const char* name) {
    if (!has("RETORT_SHARDS")) {
      return refusal(
          fmt::format("{} is set, and RETORT_SHARDS does not say how many there are", name));
    }
    const std::uint64_t index = number(name), count = number("RETORT_SHARDS");
    return made(index, count, fmt::format("{}={} RETORT_SHARDS={}", name, index, count));
  }

  choice of_array() {
    if (has("RETORT_SHARDS")) return of_index("SLURM_ARRAY_TASK_ID");
    const std::uint64_t id = number("SLURM_ARRAY_TASK_ID");
    const std::uint64_t count = number("SLURM_ARRAY_TASK_COUNT");
    const std::uint64_t min = number("SLURM_ARRAY_TASK_MIN");
    const std::uint64_t max = number("SLURM_ARRAY_TASK_MAX");
    const std::uint64_t step = has("SLURM_ARRAY_TASK_STEP") ? number("SLURM_ARRAY_TASK_STEP") : 1;
    if (problem_) return *problem_;
    const bool is_even = step > 0 && min <= id && id <= max && (id - min) % step == 0 &&
                         (max - min) / step + 1 == count;
    if (!is_even || count < 2) {
      return refusal(
          fmt::format("the array has {} of the tasks {} to {}, as if some were submitted again, so "
                      "that this is "
                      "shard {} of nobody knows how many (RETORT_SHARDS=N says it)",
                      count, min, max, id));
    }
    return made((id - min) / step, count,
                fmt::format("SLURM_ARRAY_TASK_ID={} of {} to {}", id, min, max));
  }

  choice of_step() {
    const std::uint64_t rank = number("SLURM_PROCID"), tasks = tasks_of_step();
    if (has("RETORT_SHARDS") && number("RETORT_SHARDS") != tasks) {
      return refusal(fmt::format("the step has {} tasks, and RETORT_SHARDS is {}", tasks,
                                 shown(text("RETORT_SHARDS"))));
    }
    return made(rank, tasks, fmt::format("SLURM_PROCID={} of {} tasks", rank, tasks));
  }

  const environment& env_;
  std::optional<error> problem_;
};

}  // namespace

result<std::optional<shard_choice>> choose_shard(const std::string& flag, const environment& env) {
  if (!flag.empty()) return stated("--shard", flag);
  const char* const told = env("RETORT_SHARD");
  if (told && *told) return stated("RETORT_SHARD", told);
  return scheduler_reader(env).choose();
}

}  // namespace retort::engine
