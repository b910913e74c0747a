#include "engine/where/jq_program.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

constexpr char record[] = R"({"prompt":"What is 2 + 3?","completion":"It is 5.","n":5})";

jq_program::answer asked(const std::string& program, const std::string& json = record) {
  auto made = jq_program::compile(program);
  REQUIRE_MESSAGE(made.has_value(), made.error().message);
  return made->ask(json);
}

std::string refusal(const std::string& program) {
  const auto made = jq_program::compile(program);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::usage);
  return made.error().message;
}

}  // namespace

TEST_CASE("what libjq dies of, or would never end in one step, fails that record alone") {
  const struct {
    const char *program, *json, *problem;
  } table[] = {
      {"todate", "1e18", "errror converting number of seconds since epoch to datetime"},
      {"todateiso8601", "1e18", "errror converting number of seconds since epoch to datetime"},
      {"strftime(\"%Y\")", "-1e300", "errror converting number of seconds since epoch to datetime"},
      {"todate == \"2023-11-14T22:13:20Z\"", "1700000000", ""},
      {"strftime(\"%Y\") == \"2023\"", "1700000000", ""},
      {"gmtime | strftime(\"%Y\") == \"2023\"", "1700000000", ""},
      {"[index(\"\"), rindex(\"\"), indices(\"\")] == [null, null, null]", "\"abc\"", ""},
      {"[index(\"b\"), rindex(\"b\"), indices(\"b\")] == [1, 3, [1, 3]]", "\"abcb\"", ""},
      {"indices([1, 2]) == [0, 2]", "[1,2,1,2]", ""},
      {". * 1000000000 | length > 5", "\"abc\"", "a text of more than 100 MB"},
      {". * 3 == \"abcabcabc\"", "\"abc\"", ""},
      {"[(1, 2) * (10, 100)] == [10, 20, 100, 200]", "1", ""},
      {"({a: {b: 1}} * {a: {c: 2}}) == {a: {b: 1, c: 2}}", "1", ""},
  };
  for (const auto& row : table) {
    CAPTURE(std::string(row.program));
    const auto answer = asked(row.program, row.json);
    CHECK(answer.problem == row.problem);
    CHECK(answer.holds == std::string_view(row.problem).empty());
  }
}

TEST_CASE("a program holds where it puts something out and none of it is false or null") {
  const struct {
    const char* program;
    bool holds;
  } table[] = {
      {".completion | length > 5", true},
      {".completion | length > 10", false},
      {"true", true},
      {"false", false},
      {"null", false},
      {"0", true},
      {"\"\"", true},
      {"[]", true},
      {".missing", false},
      {"empty", false},
      {"true, true", true},
      {"true, false", false},
      {"1, null, 1", false},
      {"debug | .n == 5", true},
      {"select(.n == 5)", true},
      {"select(.n == 6)", false},
      {".completion | test(\"5\")", true},
      {".completion | test(\"[0-9]+\\\\.$\")", true},
      {"any(.prompt, .completion; contains(\"It\"))", true},
      {"reduce range(1000) as $i (0; . + $i) | . == 499500", true},
  };
  for (const auto& row : table) {
    CAPTURE(row.program);
    const auto answer = asked(row.program);
    CHECK(answer.holds == row.holds);
    CHECK(answer.problem == "");
  }
}

TEST_CASE("a program that fails comes to no answer and says why on one short line") {
  CHECK_FALSE(asked(".n.x").holds);
  CHECK(asked(".n.x").problem == "Cannot index number with string \"x\"");
  CHECK(asked("error(\"no\\ngood\")").problem == "no good");
  CHECK(asked("error({a: 1})").problem == "{\"a\":1}");
  CHECK(asked("input").problem == "there is no other input");
  CHECK(asked("halt").problem == "the program halted");
  CHECK(asked("1, error(\"late\")").problem == "late");
  CHECK_FALSE(asked("1, error(\"late\")").holds);
  CHECK_FALSE(asked("error(null)").holds);
  CHECK(asked("error(\"" + std::string(5000, 'x') + "\")").problem.size() < 100);
  CHECK(asked("true", "{\"a\":").problem != "");
}

TEST_CASE("a program that does not compile is refused with jq's first words") {
  CHECK(refusal(".completion |").starts_with("syntax error, unexpected $end"));
  CHECK(refusal("foo").starts_with("foo/0 is not defined at <top-level>, line 1: foo"));
  CHECK(refusal("foo\n").find("ENV") == std::string::npos);
  CHECK(refusal("1 +\n\n)").find('\n') == std::string::npos);
}

TEST_CASE("a program sees no environment, and nothing that its record does not say") {
  ::setenv("RETORT_TEST_KEY", "secret", 1);
  for (const char* const program : {"$ENV", "env", "def f: $ENV; f", ". as $x | $ENV + env"}) {
    CAPTURE(program);
    const auto made = jq_program::compile(program).value().transform("{}");
    CHECK(made.values == std::vector<std::string>{"{}"});
  }
  CHECK(::getenv("RETORT_TEST_KEY") != nullptr);
  ::unsetenv("RETORT_TEST_KEY");
  CHECK(refusal("now") == "now is not to be had: a program goes by its record alone");
  for (const char* const program :
       {"1 | localtime", "1 | strflocaltime(\"%H\")", "def f: now; f", "\"\\(now)\"",
        "input_filename", "input_line_number", "stderr", "{name: \"a\"} | modulemeta",
        "get_search_list", "get_jq_origin", "get_prog_origin", "import \"a\" as a; .",
        "include \"a\"; ."}) {
    CAPTURE(program);
    CHECK(refusal(program).find("goes by its record alone") != std::string::npos);
  }
  CHECK(asked(".now", R"({"now":1})").holds);
  CHECK(asked("def now: 5; now == 5").holds);
  CHECK(asked("1e9 | todate == \"2001-09-09T01:46:40Z\"").holds);
  CHECK(asked("1e9 | strftime(\"%Y\") == \"2001\"").holds);
  CHECK(asked("1e9 | gmtime | strftime(\"%s\")").problem ==
        "%s and %Z go by the machine's time zone");
  CHECK(asked("\"1700000000\" | strptime(\"%s\")").problem == "%s goes by the machine's time zone");
  CHECK(asked("\"2001\" | strptime(\"%Y\") | .[0] == 2001").holds);
}

TEST_CASE("a program means the same whatever ~/.jq defines") {
  const test::temporary_directory home;
  home.file(".jq", "def length: 7;");
  const char* const before = ::getenv("HOME");
  const std::string usual = before ? before : "";
  ::setenv("HOME", home.path().c_str(), 1);
  CHECK(asked("length == 3").holds);
  CHECK(::getenv("HOME") == home.path());
  if (before) ::setenv("HOME", usual.c_str(), 1);
  if (!before) ::unsetenv("HOME");
}

TEST_CASE("a program without an end is ended, and the next record asked as before") {
  const auto made = jq_program::compile("if .n == 5 then def f: f; f else true end").value();
  for (int i = 0; i < 2; ++i) {
    CHECK(made.ask(record).problem == "the program takes more than 0.5 s of CPU time");
    CHECK(made.ask("{\"n\":6}").holds);
  }
}

TEST_CASE("several threads may ask one program at once") {
  const auto made = jq_program::compile(".n % 3 == 0").value();
  std::vector<int> right(4);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int n = 0; n < 500; ++n) {
          right[t] += made.ask("{\"n\":" + std::to_string(n) + "}").holds == (n % 3 == 0);
        }
      });
    }
  }
  CHECK(right == std::vector<int>{500, 500, 500, 500});
}

TEST_CASE("what a program puts out is handed over as JSON, one value a line, or nothing of it") {
  const auto puts_out = [](const std::string& text) {
    return jq_program::compile(text).value().transform(R"({"a":"é\n","n":1.5})");
  };
  using values = std::vector<std::string>;
  CHECK(puts_out(".").values == values{R"({"a":"é\n","n":1.5})"});
  CHECK(puts_out(".a, .n, null, false").values == values{R"("é\n")", "1.5", "null", "false"});
  CHECK(puts_out("empty").values.empty());
  CHECK(puts_out("empty").problem == "");
  CHECK(puts_out("1, error(\"no\")").values.empty());
  CHECK(puts_out("1, error(\"no\")").problem == "no");
  CHECK(puts_out("last(range(1e12))").problem == "the program takes more than 0.5 s of CPU time");
}
