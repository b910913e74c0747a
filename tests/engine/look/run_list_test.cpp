#include "engine/look/run_list.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::engine;
namespace fs = std::filesystem;

TEST_CASE("runs are listed by name; what cannot be read is named, what is none is not") {
  const test::temporary_directory root;
  for (const char* name : {"b", "a", "broken", "empty"})
    fs::create_directory(root.path() + "/" + name);
  const auto ledger = test::ledger_of(
      {test::answered(0, "x"), test::rejected(test::answered(1, "y"), reject_reason::incorrect),
       test::failed(2, providers::failure_kind::timeout)});
  root.file("a/ledger.jsonl", ledger);
  root.file("b/ledger.jsonl", test::ledger_of({}));
  root.file("broken/ledger.jsonl", "no ledger\n");
  root.file("sharded/notes", "");
  test::make_unreadable(root.path() + "/sharded/shards");
  test::make_unreadable(root.path() + "/theirs");
  std::vector<std::string> skipped;
  const auto runs =
      list_runs(root.path(), [&](const error& why) { skipped.push_back(why.message); });
  REQUIRE(runs.has_value());
  REQUIRE(runs->size() == 2);
  CHECK((*runs)[0].name == "a");
  CHECK((*runs)[0].accepted == 1);
  CHECK((*runs)[0].rejected == 1);
  CHECK((*runs)[0].failed == 1);
  CHECK((*runs)[0].state == run_state::killed);  // nobody said how it ended
  CHECK_FALSE((*runs)[0].usd.has_value());
  CHECK((*runs)[1].accepted == 0);
  REQUIRE(skipped.size() == 3);
  CHECK(skipped[0].find("broken") != std::string::npos);
  CHECK(skipped[1].starts_with(root.path() + "/sharded/shards: cannot look at it: "));
  CHECK(skipped[2].starts_with(root.path() + "/theirs/ledger.jsonl: cannot look at it: "));
  CHECK(list_runs(root.path() + "/none", {}).error().code == errc::usage);
  CHECK(list_runs(root.path() + "/theirs", {}).error().code == errc::unreadable);
}

TEST_CASE("an age is told in the largest unit that says something") {
  CHECK(age_text(59'000) == "now");
  CHECK(age_text(-5) == "now");
  CHECK(age_text(61'000) == "1 min");
  CHECK(age_text(60 * 60'000) == "1 h");
  CHECK(age_text(47 * 60 * 60'000LL) == "47 h");
  CHECK(age_text(49 * 60 * 60'000LL) == "2 d");
}

TEST_CASE(
    "a run that left its outputs incomplete has paid what it says, and has its ledger's lines") {
  const test::temporary_directory root;
  auto first = test::answered(0, "x"), second = test::answered(0, "y");
  first.completion.usage = second.completion.usage = {.input = 1'000'000, .output = 0};
  first.step = "a", second.step = "b", second.key.step = 1;
  root.file("ledger.jsonl", test::ledger_of({first, second}));
  found_run of;
  of.where.path = root.path();
  of.facts.emplace();
  of.facts->ended_ms = 1;
  of.ledger_bytes = 99;  // the summary is about less
  of.facts->variants.push_back({0, 0, "a", "openai", "m", "", price{1, 0, 2}, {}});
  of.facts->variants.push_back({1, 0, "b", "openai", "m", "", price{1, 0, 2}, {}});
  of.facts->spent_usd = 2;
  const auto listed = list_run(of);
  REQUIRE(listed.has_value());
  CHECK(listed->usd == 2);
  CHECK(listed->accepted == 1);  // of the last step
}
