// `retort submit` by the real program; Slurm's commands are scripts that note what they are asked.
// In a real Slurm it is tried by tests/cluster.
#include "tools/submit_command.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using words = std::vector<std::string>;

// A folder of commands: each notes its words in `asked`; sbatch counts its jobs.
class pretended_slurm {
 public:
  explicit pretended_slurm(const rehearsal& of) : of_(&of) {
    add("scontrol",
        "echo; echo 'KillWait                = 45 sec'; echo 'MaxArraySize            = 5'");
    add("sbatch", "echo x >>jobs; echo \"$((100 + $(wc -l <jobs)));here\"");
    add("scancel", "true");
  }
  void add(const std::string& name, const std::string& body) const {
    const std::string path = of_->files().file(
        "bin/" + name, fmt::format("#!/bin/bash\necho {} \"$*\" >>asked\n{}\n", name, body));
    REQUIRE(::chmod(path.c_str(), 0755) == 0);
  }
  start_options how() const {
    return {
        {{"PATH", of_->path("bin") + ":/usr/bin:/bin"}, {"OPENAI_API_KEY", "sk-not-to-be-seen"}},
        {}};
  }
  outcome submit(words more) const {
    more.insert(more.begin(), {"submit", "run.yaml", "--set", "models.0.concurrency=24"});
    return finish(of_->start(more, how()));
  }
  std::string asked() const { return of_->content("asked"); }

 private:
  const rehearsal* of_;
};

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

void check_refused(const outcome& left, const std::string& line) {
  CHECK(left.status == 2);
  CHECK(left.output == "");
  CHECK(left.errors == "retort: " + line + "\n");
}

}  // namespace

TEST_CASE("the arrays are submitted that hold all tasks, and their merge behind them") {
  const rehearsal all(20);
  const pretended_slurm slurm(all);
  const outcome left =
      slurm.submit({"--tasks", "12", "--throttle", "7", "--set", "prompt.system=it's one"});
  INFO(left.errors);
  REQUIRE(left.status == 0);
  const std::string jobs = all.path("run/jobs");
  CHECK(left.output ==
        fmt::format("submitted rehearsal: 12 tasks as jobs 101, 102, 103, their merge "
                    "as job 104\nscripts and logs: {}\n",
                    jobs));
  const std::string array = fmt::format(
      "--job-name=rehearsal --chdir={} --output={}/slurm-%A_%a.out --open-mode=append "
      "--cpus-per-task=2 --requeue --signal=B:USR1@120",
      all.files().path(), jobs);
  CHECK(slurm.asked() ==
        fmt::format("scontrol show config\n"
                    "sbatch --parsable --array=0-4%3 {1} {0}/run.sh 0\n"
                    "sbatch --parsable --array=0-4%2 {1} {0}/run.sh 5\n"
                    "sbatch --parsable --array=0-1%2 {1} {0}/run.sh 10\n"
                    "sbatch --parsable --dependency=afterany:101:102:103 "
                    "--job-name=rehearsal-merge --chdir={2} --output={0}/slurm-%j.out "
                    "--open-mode=append --cpus-per-task=2 {0}/merge.sh\n",
                    jobs, array, all.files().path()));
  const std::string script = all.content("run/jobs/run.sh");
  CHECK(mentions(script, "'--set=prompt.system=it'\\''s one'"));
  CHECK(mentions(script, all.path("run.yaml")));
  CHECK(mentions(script, "\nshards=12\n"));
  CHECK(mentions(script, "\nexport RETORT_GRACE_S=45\n"));
  CHECK_FALSE(mentions(script, "sk-not"));
  CHECK(all.seen().requests == 0);
}

TEST_CASE("what a flag says is said on sbatch's command line, which the environment cannot undo") {
  const rehearsal all(20);
  const pretended_slurm slurm(all);
  const words flags{"--tasks",     "2",
                    "--time",      "2:00:00",
                    "--partition", "long",
                    "--account",   "mine",
                    "--mem",       "2G",
                    "--cpus",      "4",
                    "--no-merge",  "--sbatch=--comment=two words"};
  REQUIRE(slurm.submit(flags).status == 0);
  const std::string asked = slurm.asked();
  for (const char* one :
       {" --time=2:00:00 ", " --partition=long ", " --account=mine ", " --mem=2G ",
        " --cpus-per-task=4 ", " --requeue ", " --signal=B:USR1@120 ", " --comment=two words "}) {
    CAPTURE(one);
    CHECK(mentions(asked, one));
  }
  words shown = flags;
  shown.push_back("--print");
  CHECK(slurm.submit(shown).output == all.content("run/jobs/run.sh"));
  for (const char* name : {"SBATCH_ARRAY_INX", "SBATCH_WAIT"}) {
    start_options how = slurm.how();
    how.environment[name] = "1";
    check_refused(finish(all.start({"submit", "run.yaml", "--tasks", "2"}, how)),
                  fmt::format("{0} is set, by which sbatch would not do what retort submit asks it "
                              "to: unset {0}",
                              name));
  }
}

TEST_CASE("without a merge there is none") {
  const rehearsal all(20);
  const pretended_slurm slurm(all);
  const outcome left = slurm.submit({"--tasks", "2", "--no-merge"});
  CHECK(left.status == 0);
  CHECK(mentions(left.output, "2 tasks as job 101\n"));
  CHECK_FALSE(mentions(slurm.asked(), "merge"));
  CHECK_FALSE(std::filesystem::exists(all.path("run/jobs/merge.sh")));
}

TEST_CASE("what is only shown is not written, and needs no Slurm") {
  const rehearsal all(20);
  const outcome left = finish(all.start({"submit", "run.yaml", "--tasks", "3", "--print"},
                                        {{{"PATH", "/nowhere"}, {"OPENAI_API_KEY", "k"}}, {}}));
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(mentions(left.output, " --requeue "));
  CHECK(mentions(left.output, "\n# sbatch --parsable --array=0-2 "));
  CHECK_FALSE(std::filesystem::exists(all.path("run")));
}

TEST_CASE("what Slurm refuses in the middle is taken back") {
  const rehearsal all(20);
  const pretended_slurm slurm(all);
  slurm.add("sbatch",
            "echo x >>jobs; [ $(wc -l <jobs) -lt 3 ] && exec echo $((100 + $(wc -l <jobs)))\n"
            "echo 'sbatch: error: no more' >&2; exit 1");
  check_refused(slurm.submit({"--tasks", "12"}),
                "sbatch: sbatch: error: no more; nothing is submitted");
  CHECK(mentions(slurm.asked(), "\nscancel 101 102\n"));
  slurm.add("scancel", "exit 1");
  std::filesystem::remove(all.path("jobs"));
  check_refused(
      slurm.submit({"--tasks", "12"}),
      "sbatch: sbatch: error: no more; what is submitted could not be taken back: scancel "
      "101 102");
}

TEST_CASE("what every task would be refused for is not submitted") {
  const rehearsal all(20);
  const pretended_slurm slurm(all);
  check_refused(slurm.submit({}), "submit needs --tasks N: how many tasks are to share the run");
  check_refused(
      slurm.submit({"--tasks", "2", "--time", "1h"}),
      "--time is \"1h\"; expected at least a minute as Slurm writes it: minutes, H:MM:SS, "
      "D-H");
  check_refused(slurm.submit({"--tasks", "2", "--sbatch", "low"}),
                "--sbatch is \"low\"; expected an option of sbatch's, as in "
                "--sbatch=--constraint=icelake");
  check_refused(
      slurm.submit({"--tasks", "2", "--sbatch=--comment=a\nb"}),
      "--sbatch is \"--comment=a b\": it cannot hold a line's end or another control character");
  for (const char* option : {"--time=1", "--tim=1", "-t1", "--time"}) {
    check_refused(
        slurm.submit({"--tasks", "2", fmt::format("--sbatch={}", option)}),
        fmt::format("--sbatch is \"{}\": for that there is --time of retort submit", option));
  }
  for (const char* option :
       {"-Amine", "--partition=p", "--array=1", "--mem=1", "-c3", "--no-requeue", "--requeue"}) {
    CAPTURE(option);
    const outcome left = slurm.submit({"--tasks", "2", fmt::format("--sbatch={}", option)});
    CHECK(mentions(left.errors, "\": for that there is --"));
  }
  for (const char* option : {"--signal=INT", "-d singleton", "-W", "--chdir=/", "--test-only"}) {
    check_refused(
        slurm.submit({"--tasks", "2", fmt::format("--sbatch={}", option)}),
        fmt::format("--sbatch is \"{}\": with it sbatch would not do what retort submit asks it to",
                    option));
  }
  check_refused(slurm.submit({"--tasks", "12", "--throttle", "2"}),
                "--throttle 2 is less than the 3 arrays that 12 tasks need, since one holds 5 here "
                "(MaxArraySize)");
  CHECK(slurm.submit({"--tasks", "2", "--set", "dataset.path=none.jsonl"}).status == 2);
  CHECK(slurm.submit({"--tasks", "2", "--set", "smapling.top_p=1"}).status == 2);
  CHECK(slurm.submit({"--tasks", "2", "--set", "models.0.api_key_env=NOT_SET"}).status == 2);
  CHECK(slurm.submit({"--tasks", "25"}).status == 2);  // of 24 in flight
  for (const char* count : {"0", "-1", "1.5", "all"}) {
    CHECK(slurm.submit({"--tasks", count}).status == 2);
  }
  CHECK_FALSE(mentions(slurm.asked(), "sbatch"));
  CHECK_FALSE(std::filesystem::exists(all.path("run")));
}

TEST_CASE("where there is no Slurm it says so") {
  const rehearsal all(20);
  check_refused(
      finish(all.start({"submit", "run.yaml", "--tasks", "2"},
                       {{{"PATH", "/nowhere"}, {"OPENAI_API_KEY", "k"}}, {}})),
      "scontrol is not on the PATH: retort submit needs Slurm's commands; --print shows the "
      "script without");
}
