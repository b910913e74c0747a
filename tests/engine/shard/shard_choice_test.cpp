#include "engine/shard/shard_choice.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace retort;

namespace {

using variables = std::map<std::string, std::string>;

result<std::optional<engine::shard_choice>> choose(const std::string& flag, const variables& set) {
  return engine::choose_shard(flag, [&set](const char* name) {
    const auto found = set.find(name);
    return found == set.end() ? nullptr : found->second.c_str();
  });
}

// "3/12 by --shard", "whole" or the error's line.
std::string said(const std::string& flag, const variables& set) {
  const auto chosen = choose(flag, set);
  if (!chosen) {
    CHECK(chosen.error().code == errc::usage);
    return chosen.error().message;
  }
  if (!*chosen) return "whole";
  return std::to_string((*chosen)->index) + "/" + std::to_string((*chosen)->count) + " by " +
         (*chosen)->source;
}

variables array(const char* id, const char* min, const char* max, const char* count,
                const char* step = "1") {
  return {{"SLURM_ARRAY_TASK_ID", id},
          {"SLURM_ARRAY_TASK_MIN", min},
          {"SLURM_ARRAY_TASK_MAX", max},
          {"SLURM_ARRAY_TASK_COUNT", count},
          {"SLURM_ARRAY_TASK_STEP", step}};
}

variables with(variables base, const variables& more) {
  for (const auto& [name, value] : more) base[name] = value;
  return base;
}

const std::string way_out = ": give --shard i/N, or --shard none for the whole run";

}  // namespace

TEST_CASE("what is said outright is the shard, whatever the environment") {
  const variables busy = with(array("3", "0", "11", "12"), {{"RETORT_SHARD", "1/2"}});
  CHECK(said("0/1", {}) == "0/1 by --shard");
  CHECK(said("3/12", busy) == "3/12 by --shard");
  CHECK(said("none", busy) == "whole");
  CHECK(said("", busy) == "1/2 by RETORT_SHARD");
  CHECK(said("", with(busy, {{"RETORT_SHARD", "none"}})) == "whole");
  CHECK(said("999999/1000000", {}) == "999999/1000000 by --shard");
}

TEST_CASE("what is no shard is refused") {
  for (const char* bad : {"12/12", "3", "/", "3/", "/4", "-1/4", "+1/4", "1/0", "1/4x", " 1/4",
                          "0x1/4", "1/1000001", "99999999999999999999/4", "1/2/3", "None"}) {
    CHECK(said(bad, {}) == "--shard is \"" + std::string(bad) +
                               "\"; expected i/N with i from 0 to N-1 and N at most 1000000, or "
                               "none");
    CHECK(said("", {{"RETORT_SHARD", bad}}).starts_with("RETORT_SHARD is "));
  }
}

TEST_CASE(
    "without a scheduler, or with one that started a single process, all of the run is made") {
  CHECK(said("", {}) == "whole");
  CHECK(said("", {{"RETORT_SHARD", ""}, {"SLURM_ARRAY_TASK_ID", ""}}) == "whole");
  // A plain batch script, also one with --ntasks.
  CHECK(said("", {{"SLURM_JOB_ID", "7"}, {"SLURM_NTASKS", "4"}, {"SLURM_PROCID", "0"}}) == "whole");
  // The shell of an interactive salloc, and the batch script as a step.
  for (const char* own : {"4294967290", "4294967291", "4294967292"}) {
    CHECK(said("", {{"SLURM_STEP_ID", own},
                    {"SLURM_NTASKS", "4"},
                    {"SLURM_STEP_NUM_TASKS", "4"},
                    {"SLURM_PROCID", "0"}}) == "whole");
  }
  // srun of one task, within an allocation of several.
  CHECK(said("", {{"SLURM_STEP_ID", "0"},
                  {"SLURM_NTASKS", "4"},
                  {"SLURM_STEP_NUM_TASKS", "1"},
                  {"SLURM_PROCID", "0"}}) == "whole");
}

TEST_CASE("a task of a Slurm array is its place among them") {
  CHECK(said("", array("3", "0", "11", "12")) == "3/12 by SLURM_ARRAY_TASK_ID=3 of 0 to 11");
  CHECK(said("", array("12", "1", "12", "12")) == "11/12 by SLURM_ARRAY_TASK_ID=12 of 1 to 12");
  CHECK(said("", array("14", "2", "18", "5", "4")) == "3/5 by SLURM_ARRAY_TASK_ID=14 of 2 to 18");
  // srun within it, of the one task.
  CHECK(said("", with(array("3", "0", "11", "12"),
                      {{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "1"}}))
            .starts_with("3/12"));
  // The number of shards makes it independent of what was submitted together.
  CHECK(said("", with(array("7", "7", "7", "1"), {{"RETORT_SHARDS", "12"}})) ==
        "7/12 by SLURM_ARRAY_TASK_ID=7 RETORT_SHARDS=12");
}

TEST_CASE("an array that is a part of another says so, instead of a wrong shard") {
  const auto refused = [](const variables& set) {
    const std::string line = said("", set);
    CHECK(line.find("as if some were submitted again") != std::string::npos);
    CHECK(line.ends_with(way_out));
  };
  refused(array("7", "7", "7", "1"));         // --array=7
  refused(array("0", "0", "0", "1"));         // --array=0
  refused(array("5", "3", "9", "3"));         // --array=3,5,9
  refused(array("4", "0", "8", "5", "3"));    // not one of them
  refused(array("20", "0", "11", "12"));      // beyond
  refused(array("3", "0", "11", "12", "0"));  // no step
  CHECK(said("", {{"SLURM_ARRAY_TASK_ID", "3"}}) == "SLURM_ARRAY_TASK_COUNT is not set" + way_out);
  CHECK(said("", array("x", "0", "11", "12")) ==
        "SLURM_ARRAY_TASK_ID is \"x\", and no number" + way_out);
  CHECK(said("", with(array("12", "0", "12", "13"), {{"RETORT_SHARDS", "12"}})) ==
        "SLURM_ARRAY_TASK_ID=12 RETORT_SHARDS=12: there is no shard 12 of 12" + way_out);
}

TEST_CASE("a task of an srun step of several is its rank") {
  const variables step = {{"SLURM_STEP_ID", "0"}, {"SLURM_PROCID", "2"}, {"SLURM_NTASKS", "4"}};
  CHECK(said("", step) == "2/4 by SLURM_PROCID=2 of 4 tasks");
  CHECK(said("", with(step, {{"SLURM_STEP_NUM_TASKS", "3"}})) ==
        "2/3 by SLURM_PROCID=2 of 3 tasks");
  CHECK(said("", with(step, {{"RETORT_SHARDS", "4"}})) == "2/4 by SLURM_PROCID=2 of 4 tasks");
  CHECK(said("", with(step, {{"RETORT_SHARDS", "8"}})) ==
        "the step has 4 tasks, and RETORT_SHARDS is \"8\"" + way_out);
  CHECK(said("", with(step, {{"SLURM_PROCID", "4"}})) ==
        "SLURM_PROCID=4 of 4 tasks: there is no shard 4 of 4" + way_out);
}

TEST_CASE("a pod of an indexed Job is its index, of as many as its template says") {
  CHECK(said("", {{"JOB_COMPLETION_INDEX", "3"}, {"RETORT_SHARDS", "12"}}) ==
        "3/12 by JOB_COMPLETION_INDEX=3 RETORT_SHARDS=12");
  CHECK(said("", {{"JOB_COMPLETION_INDEX", "3"}}) ==
        "JOB_COMPLETION_INDEX is set, and RETORT_SHARDS does not say how many there are" + way_out);
  CHECK(said("", {{"JOB_COMPLETION_INDEX", "3"}, {"RETORT_SHARDS", "many"}}) ==
        "RETORT_SHARDS is \"many\", and no number" + way_out);
  CHECK(said("", {{"RETORT_SHARDS", "12"}}) ==
        "RETORT_SHARDS says how many shards there are, and nothing says which is this" + way_out);
}

TEST_CASE("two who number the task at once are refused") {
  const variables step = {
      {"SLURM_STEP_ID", "0"}, {"SLURM_PROCID", "2"}, {"SLURM_STEP_NUM_TASKS", "4"}};
  CHECK(said("", with(array("3", "0", "11", "12"), step)) ==
        "SLURM_ARRAY_TASK_ID (an array) and SLURM_PROCID (a step of several tasks) both number "
        "this task" +
            way_out);
  CHECK(said("", with(step, {{"JOB_COMPLETION_INDEX", "1"}, {"RETORT_SHARDS", "4"}})) ==
        "SLURM_PROCID (a step of several tasks) and JOB_COMPLETION_INDEX (Kubernetes) both number "
        "this task" +
            way_out);
}
