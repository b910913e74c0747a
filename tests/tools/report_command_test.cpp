// `retort report`, by the real program.
#include "tools/report_command.hpp"

#include <doctest/doctest.h>

#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

bool says(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a report is one page in the run directory, and a later one takes its place") {
  mock::options provider;
  provider.wrong = 0.3;
  const rehearsal all(60, provider);
  REQUIRE(all.run({"--set", "models.0.price={input: 1, output: 2}"}).status == 0);
  for (int i = 0; i < 2; ++i) {
    const outcome left = finish(all.start({"report", "run"}));
    CHECK(left.errors == "");
    CHECK(left.output == "60 samples in run/report.html\n");
  }
  const std::string page = all.content("run/report.html");
  for (const char* part : {"<h1>rehearsal</h1>", "rejected: incorrect", "json_field",
                           "Latency of an answer", "Requests in flight", "USD", "</html>"}) {
    CAPTURE(part);
    CHECK(says(page, part));
  }
  CHECK(all.run().status == 0);  // it is in no run's way
}

TEST_CASE("a report writes over nothing that is none") {
  const rehearsal all(2);
  REQUIRE(all.run().status == 0);
  all.files().file("mine.html", "<!DOCTYPE html>\nmine");
  for (const char* path : {"mine.html", "run", "questions.jsonl"}) {
    CAPTURE(path);
    const std::string before = all.content("questions.jsonl");
    const outcome left = finish(all.start({"report", "run", "--output", path}));
    CHECK(left.status == 2);
    CHECK(says(left.errors, "is there and no report of retort's: it is left as it is"));
    CHECK(all.content("questions.jsonl") == before);
  }
  CHECK(all.content("mine.html") == "<!DOCTYPE html>\nmine");
  const outcome nowhere = finish(all.start({"report", "run", "--output", "none/x.html"}));
  CHECK(nowhere.status == 2);
  const outcome piped = finish(all.start({"report", "run", "--output", "-"}));
  CHECK(piped.status == 2);
  CHECK(piped.errors == "retort: --output -: a page is for a browser; expected a file\n");
  CHECK(finish(all.start({"report", "questions.jsonl"})).status == 2);
}
