// `retort compare`, by the real program.
#include "tools/compare_command.hpp"

#include <doctest/doctest.h>

#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

bool says(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("two runs over one dataset are compared on the records that both have") {
  mock::options provider;
  provider.wrong = 0.3;
  const rehearsal all(60, provider);
  REQUIRE(all.run().status == 0);
  REQUIRE(all.run({"--set", "run_dir=other", "--set", "samples.n=3", "--limit", "40"}).status == 0);
  const outcome left = finish(all.start({"compare", "run", "other"}));
  INFO(left.output);
  CHECK(left.status == 0);
  CHECK(left.errors == "");
  CHECK(says(left.output, "run    fake"));
  CHECK(says(left.output, "other  fake"));
  CHECK(says(left.output, "other, fake against run, fake:\n  on 40 shared records "));
  CHECK(says(left.output, "pass@1"));
  CHECK(says(left.output, "maj@3"));
  const outcome json = finish(all.start({"compare", "other", "--json"}));
  CHECK(says(json.output, "{\"rows\":[{\"run\":\"other\",\"variant\":\"fake\",\"records\":40,"));
  CHECK(says(json.output, "\"pairs\":[]"));
  const outcome again = finish(all.start({"compare", "run", "other"}));
  CHECK(again.output == left.output);  // no draw is by chance
}

TEST_CASE("what is no run is one clear line") {
  const rehearsal all(1);
  const outcome none = finish(all.start({"compare", "rnu"}));
  CHECK(none.status == 2);
  CHECK(none.errors ==
        "retort: rnu is no run: expected a directory with a ledger.jsonl, or the name of one below "
        "runs/\n");
  const outcome nothing = finish(all.start({"compare"}));
  CHECK(nothing.status == 2);
  CHECK(nothing.errors == "retort: compare needs a RUN or more; see retort compare --help\n");
}
