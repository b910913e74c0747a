#include "engine/look/sample_walk.hpp"

#include <doctest/doctest.h>

#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using providers::failure_kind;

TEST_CASE("the first line that settles a sample is the last word on it") {
  const test::temporary_directory root;
  const std::string path = root.file("ledger.jsonl", test::ledger_of({
                                                         test::answered(0, "a"),
                                                         test::failed(1, failure_kind::timeout),
                                                         test::answered(0, "again"),
                                                         test::failed(2, failure_kind::timeout),
                                                         test::answered(1, "at last"),
                                                         test::failed(3, failure_kind::bad_request),
                                                         test::failed(2, failure_kind::timeout),
                                                     }));
  sample_walk state;
  std::vector<standing> seen;
  const auto end = walk_samples(
      path, state, [&](const sample&, standing how, std::uint64_t) { seen.push_back(how); });
  REQUIRE(end.has_value());
  using enum standing;
  CHECK(seen == std::vector{settled, open, repeated, open, settled, settled, open});
  CHECK(state.left_open() == 1);
  CHECK(state.left_open(0, 0) == 1);
  CHECK(state.left_open(0, 1) == 0);
  CHECK(end->lines == 7);
}

TEST_CASE("damaged lines are counted and passed over, a torn tail is not there") {
  const test::temporary_directory root;
  std::string text = test::ledger_of({test::answered(0, "aaa"), test::answered(1, "bbb")});
  text.replace(text.find("aaa"), 3, "axa");
  const std::string path = root.file("ledger.jsonl", text + "{\"key\":[2");
  sample_walk state;
  int lines = 0;
  const auto end =
      walk_samples(path, state, [&](const sample&, standing, std::uint64_t) { ++lines; });
  REQUIRE(end.has_value());
  CHECK(end->damaged == 1);
  CHECK(lines == 1);
}

TEST_CASE("a file that is no ledger is said to be none") {
  const test::temporary_directory root;
  sample_walk state;
  const auto end = walk_samples(root.file("ledger.jsonl", "{\"a\":1}\n"), state, {});
  REQUIRE_FALSE(end.has_value());
  CHECK(end.error().code == errc::mismatch);
}
