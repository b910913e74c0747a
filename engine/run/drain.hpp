// How long a run that stops waits for what is in flight: `grace_s` where the config has it, else as
// long as whoever ends the process leaves it, and no longer than a minute. Pure; any thread.
//
// What schedulers give, by their documents: Slurm sends SIGTERM by scancel, by preemption and at
// the time limit, and SIGKILL KillWait later (slurm.conf(5); 30 s by default); SLURM_JOB_END_TIME
// is when a job's limit is over, in Unix time (sbatch(1)). Kubernetes kills
// terminationGracePeriodSeconds behind SIGTERM (30 s by default), which no variable says:
// RETORT_GRACE_S may, and is for any scheduler.
#pragma once

#include <optional>
#include <string>

#include "io/base/error.hpp"
#include "io/base/url.hpp"

namespace retort::engine {

struct drain {
  double seconds = 60;
  std::string why;  // what has made it shorter, in words; "": nothing
};

// Why a run stops.
enum class stop_cause {
  own,         // a full disk, a budget
  person,      // SIGINT, SIGHUP
  warning,     // SIGUSR1: the end comes, but not yet
  termination  // SIGTERM: SIGKILL follows
};
// Of SIGINT, SIGUSR1 and SIGTERM.
stop_cause cause_of(int signal);

// `grace_s` as the config has it. `now_s` in Unix time. errc::usage when
// RETORT_GRACE_S is no number of seconds.
result<drain> plan_drain(std::optional<double> grace_s, stop_cause cause,
                         const io::environment& env, double now_s);

}  // namespace retort::engine
