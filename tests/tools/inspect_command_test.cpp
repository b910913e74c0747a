// `retort inspect`, by the real program: on a terminal of the test's own, and without one.
#include "tools/inspect_command.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/places.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

bool says(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

// The program at a terminal: what it shows is read until it says something.
class terminal {
 public:
  explicit terminal(const rehearsal& of) {
    const std::string program = in_build("retort"), directory = of.path("");
    winsize size{24, 80, 0, 0};
    id_ = ::forkpty(&screen_, nullptr, nullptr, &size);
    REQUIRE(id_ >= 0);
    if (id_ > 0) return;
    if (::chdir(directory.c_str()) != 0) ::_exit(126);
    ::execl(program.c_str(), "retort", "inspect", "run", nullptr);
    ::_exit(127);
  }
  ~terminal() { ::close(screen_); }

  void type(std::string_view keys) const {
    REQUIRE(::write(screen_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }
  // What it has shown since the last time, as far as that.
  bool shows(const std::string& what) {
    pollfd one{screen_, POLLIN, 0};
    char bytes[4096];
    while (!says(seen_, what)) {
      if (::poll(&one, 1, 60'000) != 1) return false;
      const ssize_t got = ::read(screen_, bytes, sizeof bytes);
      if (got <= 0) return false;
      seen_.append(bytes, static_cast<std::size_t>(got));
    }
    seen_.erase(0, seen_.find(what) + what.size());
    return true;
  }
  int status() const {
    int status = 0;
    ::waitpid(id_, &status, 0);
    return WEXITSTATUS(status);
  }

 private:
  int screen_ = -1;
  pid_t id_ = -1;
  std::string seen_;
};

}  // namespace

TEST_CASE("without a terminal all that holds is printed") {
  mock::options provider;
  provider.wrong = 0.3;
  const rehearsal all(20, provider);
  REQUIRE(all.run().status == 0);
  const std::size_t wrong = count_wrong(20, provider);
  const outcome left = finish(all.start({"inspect", "run", "--verdict", "rejected"}));
  CHECK(left.status == 0);
  CHECK(says(left.output, "rejected (incorrect)"));
  CHECK(says(left.output, fmt::format("{} samples; no marks yet\n", wrong)));
  const outcome scored = finish(all.start({"inspect", "run", "--score", "json_field<1"}));
  CHECK(says(scored.output, fmt::format("\n{} samples;", wrong)));
  const outcome one = finish(all.start({"inspect", "run", "--id", "q7"}));
  CHECK(says(one.output, "prompt:\nWhat is 7 + 3?\n\nreference:\n10\n"));
  const outcome none = finish(all.start({"inspect", "run", "--reason", "incorect"}));
  CHECK(none.status == 2);
  CHECK(says(none.errors, "did you mean \"incorrect\"?"));
}

TEST_CASE("at a terminal samples are stepped through and marked, and the marks are kept") {
  const rehearsal all(5);
  REQUIRE(all.run({"--set", "models.0.concurrency=1"}).status == 0);
  terminal by(all);
  CHECK(by.shows("1 of 5 · 0 marks"));
  by.type("n");
  CHECK(by.shows("2 of 5"));
  by.type("gfine\r");
  CHECK(by.shows("marked good: fine"));
  by.type("nb\r");
  CHECK(by.shows("3 of 5 · 2 marks"));
  by.type("q");
  CHECK(by.shows("marks: 2 (1 good, 1 bad); the verdicts agree with 1 of them"));
  CHECK(by.status() == 0);
  const std::string marks = all.content("run/marks.jsonl");
  CHECK(says(marks, "\"score\":1,\"mark\":\"good\",\"note\":\"fine\""));
  CHECK(says(marks, "\"score\":0,\"mark\":\"bad\",\"note\":\"\""));
  const outcome again = all.run(
      {"--set", "models.0.concurrency=1", "--set", "evaluate=[{scores: {path: run/marks.jsonl}}]"});
  INFO(again.errors);
  CHECK(says(again.output, "5 generated: 1 accepted, 4 rejected"));
}
