#include "tools/mock/server/command.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

using namespace retort::mock;

namespace {

// The command in a process of its own, its standard output and error at our end of a pipe.
class mock_process {
 public:
  explicit mock_process(const options& chosen) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    std::fflush(nullptr);  // or the child would write our buffered output again
    child_ = fork();
    if (child_ == 0) run(ends, chosen);
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
  }
  ~mock_process() { std::fclose(output_); }

  std::string read_line() {
    char line[1024];
    return std::fgets(line, sizeof line, output_) == nullptr ? "" : line;
  }
  void signal(int number) const { kill(child_, number); }
  int exit_status() const {
    int status = 0;
    waitpid(child_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  [[noreturn]] static void run(const int* ends, const options& chosen) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    const int status = run_mock_command(chosen);
    std::fflush(nullptr);
    _exit(status);
  }

  pid_t child_;
  std::FILE* output_;
};

}  // namespace

TEST_CASE("the command says where it listens and ends on either signal with the counters") {
  for (const int number : {SIGINT, SIGTERM}) {
    mock_process process({});
    const std::string line = process.read_line();
    CAPTURE(line);
    CHECK(line.starts_with("retort mock: listening on https://127.0.0.1:"));
    CHECK(line.ends_with("/v1\n"));
    process.signal(number);
    CHECK(process.read_line().starts_with("{\"connections\":0,"));
    CHECK(process.exit_status() == 0);
  }
}

TEST_CASE("a command that cannot start says why and exits with 2") {
  options chosen;
  chosen.replay = "/nonexistent";
  chosen.match = chosen.reply = "x";
  mock_process process(chosen);
  CHECK(process.read_line() == "retort mock: cannot open /nonexistent\n");
  CHECK(process.exit_status() == 2);
}
