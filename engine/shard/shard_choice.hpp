// Which shard of a run this process is to make: what it was told, else what the scheduler that
// started it says in its environment (SchedMD's sbatch(1) and srun(1), "output environment
// variables"; Kubernetes' indexed Jobs). Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "io/base/error.hpp"

namespace retort::engine {

// More tasks than any scheduler would start.
inline constexpr std::uint32_t max_shards = 1'000'000;

struct shard_choice {
  std::uint32_t index = 0, count = 1;
  std::string source;  // what said so, in words
};

// As std::getenv: null where a variable is not set.
using environment = std::function<const char*(const char* name)>;

// The first of these that says something; nothing: the whole run.
//   flag            "i/N", i from 0, or "none": the whole run, whatever the environment
//   RETORT_SHARD    the same
//   a Slurm array   (ID - MIN) / STEP of COUNT; with RETORT_SHARDS=N the ID of N
//   an srun step    of more than one task: its rank of so many. A plain batch script and an
//                   interactive shell are no such step, whatever SLURM_NTASKS says: it is also what
//                   srun is told
//   Kubernetes      JOB_COMPLETION_INDEX of RETORT_SHARDS: no variable of its own says how many
// errc::usage: what is no shard; two of them that speak at once; an index without the number of
// shards or the other way round; an array that is only a part of one, as when some of its tasks are
// submitted again, for then its own numbers are wrong.
result<std::optional<shard_choice>> choose_shard(const std::string& flag, const environment& env);

}  // namespace retort::engine
