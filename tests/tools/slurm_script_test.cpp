#include "tools/slurm_script.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <sstream>

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

// What stands behind `begin` in the lines that begin so.
std::vector<std::string> lines_with(const std::string& text, std::string_view begin) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(begin)) out.push_back(line.substr(begin.size()));
  }
  return out;
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

TEST_CASE("a word of an #SBATCH line") {
  CHECK(option_word("--time=1:00") == "--time=1:00");
  CHECK(option_word("--comment=two words") == "\"--comment=two words\"");
  CHECK(option_word("a\"b\\c") == "\"a\\\"b\\\\c\"");
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

TEST_CASE("the script says what a task is, and of Slurm what is wanted") {
  const std::string text = array_script(plain_job());
  CHECK(lines_with(text, "#SBATCH ") ==
        std::vector<std::string>{"--job-name=gsm8k", "--chdir=/home/me",
                                 "--output=/home/me/runs/gsm8k/jobs/slurm-%A_%a.out",
                                 "--open-mode=append", "--requeue", "--signal=B:USR1@120",
                                 "--cpus-per-task=2"});
  CHECK(has_line(text, "command=(/usr/bin/retort run /home/me/gsm8k.yaml --plain)"));
  CHECK(has_line(text, "shards=12"));
  CHECK(has_line(text, "restarts=10"));
  CHECK(has_line(text, "logs=/home/me/runs/gsm8k/jobs"));
  CHECK(has_line(text, "export RETORT_GRACE_S=30"));
  CHECK_FALSE(has_line(text, "@OPTIONS@"));
  CHECK_FALSE(has_line(text, "@VALUES@"));
}

TEST_CASE("what is chosen goes into the script, and what is not does not") {
  array_job of = plain_job();
  of.time = "4:00:00";
  of.memory = "8G";
  of.cpus = 4;
  of.restarts = 3;
  of.kill_wait_s = 90;
  of.options = {"--partition=long", "--comment=two words"};
  const std::string text = array_script(of);
  for (const char* line :
       {"#SBATCH --time=4:00:00", "#SBATCH --mem=8G", "#SBATCH --cpus-per-task=4",
        "#SBATCH --partition=long", "#SBATCH \"--comment=two words\"", "restarts=3",
        "export RETORT_GRACE_S=90"}) {
    CAPTURE(line);
    CHECK(has_line(text, line));
  }
}

TEST_CASE("the merge is a job of its own, in the same place, without the tasks' time") {
  array_job of = plain_job();
  of.time = "4:00:00";
  of.options = {"--partition=long"};
  CHECK(lines_with(merge_script(of), "#SBATCH ") ==
        std::vector<std::string>{"--job-name=gsm8k-merge", "--chdir=/home/me",
                                 "--output=/home/me/runs/gsm8k/jobs/slurm-%j.out",
                                 "--open-mode=append", "--cpus-per-task=2", "--partition=long"});
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
    const char* ending;
    int status;
    const char *said, *asked;
  } const table[] = {
      {"exit 75", 75, "begins again", "requeue 7_0\n"},
      {"exit $RETORT_BUDGET_STATUS", 75, "the budget is used up, and it is not begun again", ""},
      {"exit 2", 2, "ended with status 2", ""},
      {"exit 0", 0, "ended with status 0", ""},
  };
  for (const auto& [ending, status, said, asked] : table) {
    CAPTURE(ending);
    const test::temporary_directory files;
    array_job of = plain_job();
    of.logs = of.directory = files.path();
    of.shards = 1;
    of.command = {"/bin/bash", files.file("retort.sh", ending)};
    // It requeues nothing: the task would wait for its end.
    files.file("bin/scontrol", "#!/bin/bash\necho \"$@\" >>asked\nexit 1\n");
    const std::string script = files.file("run.sh", array_script(of));
    const auto [left, output] =
        bash({"-c", "cd " + files.path() + "; touch asked; chmod +x bin/scontrol; " +
                        "PATH=$PWD/bin:/usr/bin:/bin SLURM_ARRAY_TASK_ID=0 "
                        "SLURM_ARRAY_JOB_ID=7 SLURM_JOB_END_TIME=1 exec bash " +
                        script});
    CHECK(left == status);
    CHECK(output == "");
    CHECK(test::content_of(files.path() + "/asked") == asked);
    CHECK(test::content_of(files.path() + "/0000-of-0001.0.log").find(said) != std::string::npos);
  }
}
