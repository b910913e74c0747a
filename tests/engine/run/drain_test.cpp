#include "engine/run/drain.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <map>

using namespace retort;
using engine::stop_cause;

namespace {

constexpr double now_s = 1'800'000'000;

using variables = std::map<std::string, std::string>;

result<engine::drain> planned(std::optional<double> grace_s, stop_cause cause,
                              const variables& set) {
  const auto environment = [&set](const char* name) -> const char* {
    const auto found = set.find(name);
    return found == set.end() ? nullptr : found->second.c_str();
  };
  return engine::plan_drain(grace_s, cause, environment, now_s);
}

const variables in_slurm{{"SLURM_JOB_ID", "7"}};
const variables in_a_pod{{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}};

variables ends_in(int seconds) {
  return {{"SLURM_JOB_ID", "7"},
          {"SLURM_JOB_END_TIME", std::to_string(static_cast<long>(now_s) + seconds)}};
}

variables told(const std::string& seconds) {
  return {{"SLURM_JOB_ID", "7"}, {"RETORT_GRACE_S", seconds}};
}

}  // namespace

TEST_CASE("a run that stops waits as long as its scheduler leaves it, and for a minute at most") {
  struct row {
    stop_cause cause;
    variables set;
    double seconds;
    const char* why;
  };
  const row rows[] = {
      // Nobody else ends it.
      {stop_cause::own, {}, 60, ""},
      {stop_cause::person, {}, 60, ""},
      {stop_cause::warning, {}, 60, ""},
      {stop_cause::termination, {}, 60, ""},
      // SIGKILL comes behind SIGTERM, and only there.
      {stop_cause::termination, in_slurm, 25, "Slurm kills 30 s after SIGTERM"},
      {stop_cause::termination, in_a_pod, 25, "Kubernetes kills 30 s after SIGTERM"},
      {stop_cause::warning, in_slurm, 60, ""},
      {stop_cause::person, in_a_pod, 60, ""},
      {stop_cause::termination, told("120"), 60, ""},
      {stop_cause::termination, told("20"), 15, "RETORT_GRACE_S"},
      {stop_cause::termination, told("4"), 2, "RETORT_GRACE_S"},
      {stop_cause::termination, told("0"), 0, "RETORT_GRACE_S"},
      {stop_cause::termination, told(""), 25, "Slurm kills 30 s after SIGTERM"},
      {stop_cause::own, told("20"), 60, ""},
      // The job's limit.
      {stop_cause::own, ends_in(600), 60, ""},
      {stop_cause::own, ends_in(45), 40, "SLURM_JOB_END_TIME"},
      {stop_cause::person, ends_in(7), 3, "SLURM_JOB_END_TIME"},
      {stop_cause::warning, ends_in(45), 40, "SLURM_JOB_END_TIME"},
      {stop_cause::warning, ends_in(-5), 60, ""},  // it was raised
      {stop_cause::termination, ends_in(2), 25, "Slurm kills 30 s after SIGTERM"},
      {stop_cause::warning, {{"SLURM_JOB_END_TIME", "Unknown"}}, 60, ""},
  };
  for (const row& one : rows) {
    CAPTURE(static_cast<int>(one.cause));
    CAPTURE(one.seconds);
    const auto out = planned({}, one.cause, one.set);
    REQUIRE(out.has_value());
    CHECK(out->seconds == one.seconds);
    CHECK(out->why == one.why);
  }
}

TEST_CASE("grace_s is as the config says it") {
  for (const auto& set : {variables(), in_slurm, told("3"), ends_in(45)}) {
    const auto out = planned(90, stop_cause::termination, set);
    REQUIRE(out.has_value());
    CHECK(out->seconds == 90);
    CHECK(out->why == "");
  }
}

TEST_CASE("a RETORT_GRACE_S that is no number of seconds is named") {
  for (const char* wrong : {"30s", "-1", "nan", "86401", "5 s"}) {
    const auto out = planned(5, stop_cause::own, told(wrong));
    REQUIRE_FALSE(out.has_value());
    CHECK(out.error().code == errc::usage);
    CHECK(out.error().message ==
          std::string("RETORT_GRACE_S is \"") + wrong +
              "\"; expected the seconds between SIGTERM and SIGKILL, from 0 to 86400");
  }
}

TEST_CASE("what a signal stands for") {
  CHECK(engine::cause_of(SIGINT) == stop_cause::person);
  CHECK(engine::cause_of(SIGTERM) == stop_cause::termination);
  CHECK(engine::cause_of(SIGUSR1) == stop_cause::warning);
}
