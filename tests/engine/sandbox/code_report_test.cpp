#include "engine/sandbox/code_report.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort;
using engine::code_outcome;
using io::killed_for;
using namespace std::chrono_literals;

TEST_CASE("what was reported and how it ended make the outcome") {
  const std::string nonce = "0123456789abcdef0123456789abcdef";
  const std::string passed = "ready\npassed " + nonce + " \n";
  const struct {
    std::string report, errors;
    io::process_end end;
    code_outcome outcome;
    std::string detail;
  } cases[]{
      {passed, "", {}, code_outcome::passed, ""},
      {passed, "", {killed_for::deadline, 0, 9}, code_outcome::passed, ""},
      {passed, "", {killed_for::stop, 0, 9}, code_outcome::stopped, "stopped"},
      // Said twice, said before, said with another's nonce, or cut off: not said.
      {passed + "passed " + nonce + " \n",
       "",
       {},
       code_outcome::failed,
       "it ended before the tests were over: exit status 0"},
      {"passed " + nonce + " \n",
       "",
       {},
       code_outcome::not_judged,
       "the sandbox did not start: exit status 0"},
      {"ready\npassed 0123456789abcdef0123456789abcdee \n",
       "",
       {},
       code_outcome::failed,
       "it ended before the tests were over: exit status 0"},
      {"ready\npassed " + nonce,
       "",
       {},
       code_outcome::failed,
       "it ended before the tests were over: exit status 0"},
      {"ready\npassed  \n",
       "",
       {},
       code_outcome::failed,
       "it ended before the tests were over: exit status 0"},
      {"ready\nfailed\n",
       "Traceback\nKeyError: 1\n\n",
       {killed_for::nothing, 1, 0},
       code_outcome::failed,
       "KeyError: 1"},
      {"ready\nfailed\n", "a\x1b[2Jb", {killed_for::nothing, 1, 0}, code_outcome::failed, "a [2Jb"},
      {"ready\n",
       "text",
       {killed_for::nothing, 3, 0},
       code_outcome::failed,
       "it ended before the tests were over: exit status 3"},
      {"ready\n",
       "",
       {killed_for::nothing, 139, 0},
       code_outcome::failed,
       "it ended before the tests were over: killed by signal 11"},
      {"ready\nmemory\n",
       "MemoryError",
       {killed_for::nothing, 1, 0},
       code_outcome::out_of_memory,
       "MemoryError"},
      {"ready\n", "", {killed_for::deadline, 0, 9}, code_outcome::timed_out, "no end within 1.5 s"},
      {"ready\n", "", {killed_for::nothing, 152, 0}, code_outcome::timed_out, "too much CPU time"},
      {"ready\n",
       "xx",
       {killed_for::flood, 0, 9},
       code_outcome::output_too_large,
       "it wrote too much"},
      {"",
       "",
       {killed_for::deadline, 0, 9},
       code_outcome::not_judged,
       "the sandbox did not start in time"},
      {"",
       "bwrap: no\n",
       {killed_for::nothing, 1, 0},
       code_outcome::not_judged,
       "the sandbox did not start: bwrap: no"},
      {"unready " + nonce + " no tests\n", "", {}, code_outcome::not_judged, "no tests"},
      {"ready\nunready " + nonce + " no tests\n", "", {}, code_outcome::not_judged, "no tests"},
      {"ready\nunready x no tests\n",
       "",
       {},
       code_outcome::failed,
       "it ended before the tests were over: exit status 0"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.report);
    const auto found = engine::result_of({nonce, one.report, one.errors, 1500ms, one.end});
    CHECK(found.outcome == one.outcome);
    CHECK(found.detail == one.detail);
  }
}
