#include "engine/measure/course.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;

namespace {

measurement streamed(double written, double ttft, double e2e, std::int64_t tokens) {
  measurement out = timed_answer(written, ttft, e2e, tokens);
  out.is_streamed = true;
  return out;
}

course_bin all_of(const course& what) {
  course_bin out;
  for (const auto& one : what.bins()) {
    out.ended += one.ended;
    out.failed += one.failed;
    out.output_tokens += one.output_tokens;
    out.under_way_s += one.under_way_s;
    out.with_latency += one.with_latency;
  }
  return out;
}

}  // namespace

TEST_CASE("a request is under way in every bin that it was, and ends in one") {
  course of;
  of.add(streamed(0, 5, 25, 4));
  REQUIRE(of.bins().size() == 3);
  CHECK(of.width_s() == doctest::Approx(0.01));
  CHECK(of.bins()[0].under_way_s == doctest::Approx(0.01));
  CHECK(of.bins()[2].under_way_s == doctest::Approx(0.005));
  CHECK(of.bins()[2].ended == 1);
  CHECK(of.bins()[2].output_tokens == 4);
  CHECK(of.bins()[2].latency_ms == doctest::Approx(5));
}

TEST_CASE("bins grow wider with the time, and nothing of them is lost") {
  course of;
  for (int i = 0; i < 5000; ++i) of.add(streamed(i * 10, 5, 10, 2));
  CHECK(of.bins().size() <= 240);
  CHECK(of.bins().size() > 100);
  CHECK(all_of(of).ended == 5000);
  CHECK(all_of(of).output_tokens == 10'000);
  CHECK(all_of(of).under_way_s == doctest::Approx(50));
}

TEST_CASE(
    "a failure counts as such and has no latency; one from before the first is shown with it") {
  course of;
  of.add(streamed(1000, 5, 10, 2));
  of.add(timed_failure(retort::providers::failure_kind::overloaded, 529));
  of.add(streamed(0, 5, 10, 2));
  CHECK(all_of(of).failed == 1);
  CHECK(all_of(of).ended == 3);
  CHECK(all_of(of).with_latency == 2);
}
