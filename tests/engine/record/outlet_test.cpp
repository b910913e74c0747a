#include "engine/record/outlet.hpp"

#include <doctest/doctest.h>

#include "tests/support/record_rig.hpp"

using namespace retort;
using namespace retort::engine;
using test::right_completion;
using test::sum_row;
using test::sum_rows;
using rig = test::record_rig;

TEST_CASE("a bad row stops the run with its place and what is wrong with it") {
  struct {
    const char* row;
    const char* message;
  } const table[] = {
      {"{\"id\": 1", ":2: not a JSON object: "},
      {"[1, 2]", ":2: not a JSON object"},
      {R"({"id":"x","answer":"1"})", ":2: prompt: the record has no field \"question\""},
      {R"({"question":"x","answer":"1"})", ":2: dataset.id: the record has no field \"id\""},
      {R"({"id":"x","question":"x"})", ":2: reference: the record has no field \"answer\""},
      {"{\"id\":\"\xff\"}", ":2: dataset.id: the field \"id\" is a text that is not UTF-8"},
      {R"({"id":"\udc00","question":"x","answer":"1"})",
       ":2: dataset.id: the field \"id\" is a text with half a surrogate pair (\\udc00)"},
      {R"({"id":[1,{"a":NaN}],"question":"x","answer":"1"})",
       ":2: dataset.id: the field \"id\" holds NaN, which is no JSON value"},
      {R"({"id":1,"question":NaN,"answer":"1"})",
       ":2: prompt: the field \"question\" is NaN, which is no JSON value"},
  };
  for (const auto& [row, message] : table) {
    CAPTURE(row);
    rig all(right_completion);
    const auto samples = all.finish(sum_row(0) + '\n' + row + '\n' + sum_rows(2, 50));
    CHECK(all.status == exit_status::bad_input);
    CHECK(all.reason.starts_with(all.directory.path() + "/data.jsonl" + message));
    CHECK(samples.size() < 3);  // those that were under way
    CHECK(all.run().asking.cut_short);
  }
}

TEST_CASE("under on_error: skip bad rows are counted, ten of them named, and the rest is done") {
  rig all(right_completion);
  all.settings.dataset.on_error = on_error::skip;
  all.settings.models.resize(2, all.settings.models[0]);  // a bad row is one row, not two samples
  std::string rows = sum_rows(0, 1);
  for (int i = 0; i < 12; ++i) rows += "{}\n";
  const auto samples = all.finish(rows + sum_rows(1, 3));
  CHECK(samples.size() == 6);
  CHECK(all.counts().skipped_rows == 12);
  REQUIRE(all.said.size() == 11);
  CHECK(all.said[0] ==
        "skipped " + all.directory.path() +
            "/data.jsonl:2: dataset.id: the record has no field \"id\"; it is empty");
  CHECK(all.said[9].starts_with("skipped " + all.directory.path() + "/data.jsonl:11: "));
  CHECK(all.said[10] == "skipped more bad rows; the summary counts them");
  CHECK_FALSE(all.status.has_value());
}
