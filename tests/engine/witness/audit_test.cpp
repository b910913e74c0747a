#include "engine/witness/audit.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/measurements.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort::engine;
using namespace retort::test;

namespace {

tally answers(int count, double ttft, std::int64_t tokens) {
  tally out;
  for (int i = 0; i < count; ++i) out.add(timed_answer(i * 100, ttft, ttft + 100, tokens), {});
  return out;
}

}  // namespace

TEST_CASE("a repeated prompt that is answered over a tenth faster fails the audit") {
  const tally usual = answers(100, 100, 5);
  CHECK(audit_repeats(usual, answers(100, 92, 5), true).came_to == audit_result::passed);
  CHECK(audit_repeats(usual, answers(100, 120, 5), true).came_to == audit_result::passed);
  const audit cached = audit_repeats(usual, answers(100, 50, 5), true);
  CHECK(cached.came_to == audit_result::failed);
  CHECK(cached.line.ends_with("over 10 % faster, as by a cache"));
  CHECK(audit_repeats(usual, answers(5, 50, 5), true).came_to == audit_result::untold);
  CHECK(audit_repeats({}, {}, false).came_to == audit_result::untold);
}

TEST_CASE("answers of another length than the reference's are told") {
  const reference_run reference{"a.json", 100};
  CHECK(lengths_apart(answers(10, 5, 109), reference) == "");
  CHECK(lengths_apart(answers(10, 5, 91), reference) == "");
  CHECK(lengths_apart(answers(10, 5, 80), reference) ==
        "answers have 80 tokens on average, those of a.json 100: over 10 % apart");
  CHECK(lengths_apart(answers(10, 5, -1), reference) == "");
  CHECK(lengths_apart({}, reference) == "");
}

TEST_CASE("a reference is a result that tells tokens") {
  const temporary_directory files;
  const auto good = files.file("good.json", R"({"trials":[{"load":{"concurrency":1},
    "requests":{"measured":10,"failed":0,"succeeded":10},"tokens":{"output":{"sum":1200}},
    "throughput":{"requests_per_s":1}}]})");
  CHECK(read_reference(good).value().output_tokens == 120);
  const auto bare = files.file("bare.json", R"({"trials":[{"load":{"concurrency":1},
    "requests":{"measured":10,"failed":0,"succeeded":10},"throughput":{"requests_per_s":1}}]})");
  CHECK(read_reference(bare).error().message.ends_with("expected a run that does"));
  CHECK(read_reference(files.path() + "/none.json").has_error());
}
