#include "tools/mock/faults/bucket.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using retort::mock::bucket;

namespace {

// When nothing has happened yet: any time will do.
const bucket::time_point start(1000h);

}  // namespace

TEST_CASE("a bucket begins full, whenever that is") {
  const bucket full(120, 30);
  CHECK(full.per_minute() == 120);
  CHECK(full.capacity() == 60);
  for (const auto now : {bucket::time_point(), start}) {
    CHECK(full.level(now) == 60);
    CHECK(full.until_full(now) == 0s);
    CHECK(full.wait_for(60, now) == 0s);
  }
}

TEST_CASE("it refills continuously, up to its capacity") {
  bucket each(60, 10);
  each.take(10, start);
  CHECK(each.level(start) == 0);
  CHECK(each.level(start + 1500ms) == doctest::Approx(1.5));
  CHECK(each.level(start + 10s) == 10);
  CHECK(each.level(start + 10h) == 10);
  CHECK(each.until_full(start + 4s) == 6s);
}

TEST_CASE("what it lacks is there after the wait that it names, and not before") {
  for (int i = 0; i < 1000; ++i) {
    bucket each(70, 60);
    each.take(70 + i * 0.37, start);
    const auto wait = each.wait_for(1, start);
    REQUIRE(wait);
    CHECK(each.wait_for(1, start + *wait) == 0s);
    CHECK(*each.wait_for(1, start + *wait - 1ms) > 0s);
  }
}

TEST_CASE("a debt is paid first") {
  bucket each(60, 60);
  each.take(90, start);
  CHECK(each.level(start) == -30);
  CHECK(each.wait_for(0, start) == 30s);
  CHECK(each.wait_for(6, start) == 36s);
  CHECK(each.until_full(start) == 90s);
}

TEST_CASE("more than it holds never comes") {
  const bucket each(60, 10);
  CHECK_FALSE(each.wait_for(11, start));
  CHECK(each.wait_for(10, start) == 0s);
}

TEST_CASE("time that stands still or goes back adds nothing") {
  bucket each(60, 10);
  each.take(5, start);
  CHECK(each.level(start - 1h) == 5);
  each.take(1, start - 1h);
  CHECK(each.level(start) == 4);
  CHECK(each.level(start + 1s) == doctest::Approx(5));
}

TEST_CASE("a bucket that hardly drips does not overflow its clock") {
  bucket each(1e-12, 1e15);
  each.take(each.capacity(), start);
  CHECK(each.until_full(start) > 1h);
}
