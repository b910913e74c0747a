#include "engine/run/drain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <csignal>
#include <string_view>

#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

constexpr double day_s = 86'400;
constexpr double kill_wait_s = 30;  // Slurm's KillWait and Kubernetes' grace period, by default
constexpr double to_close_s = 5;    // for what comes behind: the last lines, the views

std::optional<double> number_in(const char* text) {
  if (!text) return std::nullopt;
  const std::string_view all(text);
  double number = 0;
  const auto read = std::from_chars(all.data(), all.data() + all.size(), number);
  if (read.ec != std::errc() || read.ptr != all.data() + all.size()) return std::nullopt;
  return number;
}

bool is_set(const char* text) { return text && *text; }

// Of a time that ends with SIGKILL. A short one is not all for closing.
double part_for_draining(double seconds) { return std::max(seconds - to_close_s, seconds / 2); }

void shorten(drain& to, double seconds, std::string why) {
  if (seconds < to.seconds) to = {seconds, std::move(why)};
}

void leave_before_kill(drain& to, const io::environment& env) {
  if (const auto told = number_in(env("RETORT_GRACE_S"))) {
    return shorten(to, part_for_draining(*told), "RETORT_GRACE_S");
  }
  if (is_set(env("SLURM_JOB_ID"))) {
    return shorten(to, part_for_draining(kill_wait_s), "Slurm kills 30 s after SIGTERM");
  }
  if (is_set(env("KUBERNETES_SERVICE_HOST"))) {
    shorten(to, part_for_draining(kill_wait_s), "Kubernetes kills 30 s after SIGTERM");
  }
}

// One that is over is not so: the limit was raised meanwhile.
void leave_before_end(drain& to, const io::environment& env, double now_s) {
  const auto end = number_in(env("SLURM_JOB_END_TIME"));
  if (!end || *end <= now_s) return;
  shorten(to, std::floor(part_for_draining(*end - now_s)), "SLURM_JOB_END_TIME");
}

}  // namespace

stop_cause cause_of(int signal) {
  if (signal == SIGTERM) return stop_cause::termination;
  return signal == SIGUSR1 ? stop_cause::warning : stop_cause::person;
}

result<drain> plan_drain(std::optional<double> grace_s, stop_cause cause,
                         const io::environment& env, double now_s) {
  const char* const told = env("RETORT_GRACE_S");
  const auto number = number_in(told);
  if (is_set(told) && !(number && *number >= 0 && *number <= day_s)) {
    return error{errc::usage,
                 fmt::format("RETORT_GRACE_S is \"{}\"; expected the seconds between SIGTERM and "
                             "SIGKILL, from 0 to 86400",
                             io::one_line(told, 80))};
  }
  drain out;
  if (grace_s) return drain{*grace_s, ""};
  if (cause == stop_cause::termination) {
    leave_before_kill(out, env);
  } else {
    leave_before_end(out, env, now_s);
  }
  return out;
}

}  // namespace retort::engine
