#include "tools/slurm_script.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "tests/support/child_process.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::tools;

namespace {

array_job plain_job() {
  array_job of;
  of.name = "gsm8k";
  of.command = {"/usr/bin/retort", "run", "/home/me/gsm8k.yaml", "--plain"};
  of.merge = {"/usr/bin/retort", "merge", "/home/me/runs/gsm8k"};
  of.directory = "/home/me";
  of.logs = "/home/me/runs/gsm8k/jobs";
  of.shards = 12;
  return of;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

// `bash WORDS...`: its status, and what it said.
std::pair<int, std::string> bash(std::vector<std::string> words) {
  const test::temporary_directory said;
  words.insert(words.begin(), "/bin/bash");
  test::command what;
  what.words = std::move(words);
  what.output = said.path() + "/output";
  what.errors = said.path() + "/errors";
  test::child_process child(what);
  const int status = child.wait();
  return {status, child.output() + child.errors()};
}

const char hostile[] = "a b'c\"d$e`f\\g%h;i&j*k#l(m)n";

}  // namespace

TEST_CASE("a word of bash's is what it was, whatever is in it") {
  CHECK(shell_word("a/b.c") == "a/b.c");
  CHECK(shell_word("") == "''");
  for (const std::string& word : {std::string(hostile), std::string("-n"), std::string("~"),
                                  std::string("!x"), std::string("two\nlines"), std::string("é")}) {
    CHECK(bash({"-c", "printf %s " + shell_word(word)}) == std::pair(0, word));
  }
}

TEST_CASE("a path in which Slurm finds no pattern") {
  CHECK(without_patterns("/a%b/c") == "/a%%b/c");
}

TEST_CASE("times as Slurm writes them") {
  const std::pair<const char*, std::uint64_t> good[] = {
      {"90", 5400},     {"90:30", 5430},         {"1:30:00", 5400}, {"2-12", 216'000},
      {"0-1:30", 5400}, {"1-06:30:15", 109'815}, {"0", 0}};
  for (const auto& [text, seconds] : good) {
    CAPTURE(text);
    CHECK(seconds_of(text) == seconds);
  }
  for (const char* bad : {"", "1h", "1:2:3:4", "-1", "1-", "-", "1-2-3", "1.5", "1-2:3:4:5", " 1",
                          "UNLIMITED", "99999999999"}) {
    CAPTURE(bad);
    CHECK_FALSE(seconds_of(bad).has_value());
  }
}

TEST_CASE("a task is warned two minutes before its end, and of a short time keeps most") {
  CHECK(warning_s("") == 120);
  CHECK(warning_s("1-0") == 120);
  CHECK(warning_s("8") == 120);
  CHECK(warning_s("4") == 60);
  CHECK(warning_s("1") == 15);
}

TEST_CASE("tasks beyond MaxArraySize come in several arrays, which share the throttle") {
  const auto texts = [](std::uint32_t shards, std::uint32_t throttle, std::uint32_t most) {
    const auto parts = array_parts(shards, throttle, most);
    REQUIRE(parts.has_value());
    std::vector<std::string> out;
    for (const auto& one : *parts) out.push_back(fmt::format("{}+{}", one.first, array_text(one)));
    return out;
  };
  using strings = std::vector<std::string>;
  CHECK(texts(1, 0, 1001) == strings{"0+0-0"});
  CHECK(texts(12, 4, 1001) == strings{"0+0-11%4"});
  CHECK(texts(1001, 0, 1001) == strings{"0+0-1000"});
  CHECK(texts(1002, 7, 1001) == strings{"0+0-1000%4", "1001+0-0%3"});
  CHECK(texts(25, 3, 10) == strings{"0+0-9%1", "10+0-9%1", "20+0-4%1"});
  CHECK(texts(1'000'000, 0, 1'000'000).size() == 1);
  const auto refused = array_parts(25, 2, 10);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::usage);
  CHECK(refused.error().message ==
        "--throttle 2 is less than the 3 arrays that 25 tasks need, since one holds 10 here "
        "(MaxArraySize)");
}

TEST_CASE("the script says what a task is, and sbatch what is wanted of Slurm") {
  using strings = std::vector<std::string>;
  CHECK(array_options(plain_job()) == strings{"--job-name=gsm8k", "--chdir=/home/me",
                                              "--output=/home/me/runs/gsm8k/jobs/slurm-%A_%a.out",
                                              "--open-mode=append", "--cpus-per-task=2",
                                              "--requeue", "--signal=B:USR1@120"});
  const std::string text = array_script(plain_job());
  CHECK(has_line(text, "command=(/usr/bin/retort run /home/me/gsm8k.yaml --plain)"));
  CHECK(has_line(text, "shards=12"));
  CHECK(has_line(text, "restarts=10"));
  CHECK(has_line(text, "logs=/home/me/runs/gsm8k/jobs"));
  CHECK(has_line(text, "export RETORT_GRACE_S=30"));
  CHECK(text.find("@VALUES@") == std::string::npos);
  // Which an SBATCH_TIMELIMIT and the like would undo.
  CHECK(text.find("#SBATCH") == std::string::npos);
}

TEST_CASE("what is chosen is said, and what is not is not") {
  array_job of = plain_job();
  of.time = "4:00:00";
  of.memory = "8G";
  of.cpus = 4;
  of.restarts = 3;
  of.kill_wait_s = 90;
  of.partition = "long";
  of.account = "maths";
  of.options = {"--job-name=mine", "--comment=two words"};
  const auto options = array_options(of);
  for (const char* one :
       {"--time=4:00:00", "--mem=8G", "--cpus-per-task=4", "--partition=long", "--account=maths"}) {
    CAPTURE(one);
    CHECK(std::ranges::count(options, one) == 1);
  }
  // Of what is said twice the last counts.
  CHECK(std::ranges::equal(options.end() - 2, options.end(), of.options.begin(), of.options.end()));
  CHECK(has_line(array_script(of), "restarts=3"));
  CHECK(has_line(array_script(of), "export RETORT_GRACE_S=90"));
}

TEST_CASE("the merge is a job of its own, in the same place, without the tasks' time") {
  array_job of = plain_job();
  of.time = "4:00:00";
  of.partition = "long";
  of.options = {"--qos=low"};
  CHECK(merge_options(of) ==
        std::vector<std::string>{"--job-name=gsm8k-merge", "--chdir=/home/me",
                                 "--output=/home/me/runs/gsm8k/jobs/slurm-%j.out",
                                 "--open-mode=append", "--cpus-per-task=2", "--partition=long",
                                 "--qos=low"});
  CHECK(has_line(merge_script(of), "command=(/usr/bin/retort merge /home/me/runs/gsm8k)"));
}

TEST_CASE("bash takes the scripts, whatever the paths are") {
  const test::temporary_directory files;
  array_job of = plain_job();
  of.logs = of.directory = std::string("/x/") + hostile;
  of.command.push_back(hostile);
  const std::string path = files.path() + "/script.sh";
  of.merge.push_back(hostile);
  for (const std::string& text : {array_script(of), merge_script(of)}) {
    std::ofstream(path) << text;
    CHECK(bash({"-n", path}) == std::pair(0, std::string()));
  }
}

TEST_CASE("a task that stops is begun again, and not one whose budget only a person can raise") {
  struct {
    const char *ending, *scontrol;
    int status;
    const char *said, *asked;
  } const table[] = {
      {"exit 75", "", 128 + SIGKILL, "begins again", "requeue 7_0\n"},
      {"exit 75", "echo 'Requested operation is' >&2; echo disabled >&2; exit 1", 75,
       "could not be begun again: Requested operation is disabled; the same retort submit goes on",
       "requeue 7_0\n"},
      {"exit $RETORT_BUDGET_STATUS", "", 75, "the budget is used up, and it is not begun again",
       ""},
      {"exit 2", "", 2, "ended with status 2", ""},
      {"exit 0", "", 0, "ended with status 0", ""},
  };
  for (const auto& [ending, scontrol, status, said, asked] : table) {
    CAPTURE(ending);
    const test::temporary_directory files;
    array_job of = plain_job();
    of.logs = of.directory = files.path();
    of.shards = 1;
    of.command = {"/bin/bash", files.file("retort.sh", ending)};
    files.file("bin/scontrol", fmt::format("#!/bin/bash\necho \"$@\" >>asked\n{}\n", scontrol));
    // As Slurm's end of what is begun again.
    files.file("bin/sleep", "#!/bin/bash\nkill -9 $PPID\n");
    const std::string script = files.file("run.sh", array_script(of));
    const auto [left, output] =
        bash({"-c", "cd " + files.path() + "; touch asked; chmod +x bin/*; " +
                        "PATH=$PWD/bin:/usr/bin:/bin SLURM_ARRAY_TASK_ID=0 "
                        "SLURM_ARRAY_JOB_ID=7 SLURM_JOB_END_TIME=1 exec bash " +
                        script});
    CHECK(left == status);
    CHECK(output == "");
    CHECK(test::content_of(files.path() + "/asked") == asked);
    const std::string log = test::content_of(files.path() + "/0000-of-0001.0.log");
    CHECK(log.find(said) != std::string::npos);
    const bool begins_again = log.find("submit: begins again") != std::string::npos;
    CHECK(begins_again == (std::string_view(said) == "begins again"));
  }
}
