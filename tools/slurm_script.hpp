// The batch scripts of `retort submit`: configs/slurm with a run's own values in them, and what
// sbatch is told of them. Pure; any thread. What Slurm does and wants is by SchedMD's sbatch(1),
// scontrol(1) and slurm.conf(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"

namespace retort::tools {

struct array_job {
  std::string name;
  std::vector<std::string> command;  // `retort run CONFIG ...`, without the shard
  std::vector<std::string> merge;    // `retort merge RUN`
  std::string directory;             // where it was submitted: relative paths are from there
  std::string logs;                  // a folder that is there
  std::uint32_t shards = 1;
  std::uint32_t restarts = 10;       // of a task, at most
  std::string time;                  // of a task, as Slurm writes it; "": the partition's
  std::uint32_t cpus = 2;            // of a task
  std::string memory;                // the same; "": the partition's
  std::string partition, account;    // Slurm's; "": the user's own
  std::vector<std::string> options;  // further ones of sbatch's, for tasks and merge
  std::uint32_t kill_wait_s = 30;    // between SIGTERM and SIGKILL
};

// A word of bash's, whatever is in it.
std::string shell_word(std::string_view text);
// A path for --output and the like, where % begins a pattern.
std::string without_patterns(std::string_view path);

// Seconds of "90", "1:30:00", "2-12", "1-06:30": minutes, minutes:seconds, hours:minutes:seconds,
// days-hours, days-hours:minutes, days-hours:minutes:seconds. Nothing for what is no such time, and
// for none at all.
std::optional<std::uint64_t> seconds_of(std::string_view slurm_time);

// So long before its end a task is warned, at the latest: what is in flight has its minute, and
// Slurm's clock ticks once in one. Of a short time it is a quarter.
std::uint64_t warning_s(std::string_view slurm_time);

// One array of those that a run's tasks need: shards first, first + 1, ...
struct array_part {
  std::uint32_t first = 0, tasks = 1;
  std::uint32_t throttle = 0;  // so many at a time; 0: as many as there is room for
};
// `max_array` is Slurm's MaxArraySize: one more than the highest index. errc::usage where the
// arrays are more than may run at a time.
result<std::vector<array_part>> array_parts(std::uint32_t shards, std::uint32_t throttle,
                                            std::uint32_t max_array);
// "0-11%4"
std::string array_text(const array_part& one);

// For sbatch's command line, which alone counts more than an SBATCH_* of the environment: that one
// counts more than an #SBATCH line (sbatch(1)).
std::vector<std::string> array_options(const array_job& of);
std::vector<std::string> merge_options(const array_job& of);

std::string array_script(const array_job& of);
std::string merge_script(const array_job& of);

}  // namespace retort::tools
