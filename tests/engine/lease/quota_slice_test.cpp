#include "engine/lease/quota_slice.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using retort::engine::quota_slice;

namespace {

using time_point = quota_slice::time_point;
const time_point start{1h};

// How many go in so much time, one being asked for whenever it may go.
int sent(quota_slice& slice, time_point from, std::chrono::milliseconds time) {
  int count = 0;
  for (auto now = from; now < from + time; now += 1ms) {
    for (slice.advance(now); slice.has(1); ++count) slice.take(1);
  }
  return count;
}

}  // namespace

TEST_CASE("nothing goes before something is dealt, and who waits is told by what is dealt") {
  quota_slice slice(10, start);
  CHECK_FALSE(slice.waits());
  CHECK_FALSE(slice.has(1));
  CHECK(slice.when(1) == time_point::max());
  CHECK(slice.waits());
  CHECK(slice.is_dry());
  const auto asked = slice.ask(true);
  CHECK(asked.want >= 10);
  CHECK(asked.least == 1);
  CHECK(asked.back == 0);
  slice.deal(1);
  CHECK(slice.has(1));
  CHECK_FALSE(slice.waits());
}

TEST_CASE("what is dealt is let go bit by bit, all of it before the next question") {
  quota_slice slice(100, start);
  slice.deal(80);
  CHECK(sent(slice, start, 400ms) == doctest::Approx(40).epsilon(0.05));
  CHECK(slice.when(10) > start + 400ms);
  CHECK(slice.when(10) < start + 510ms);
  CHECK(sent(slice, start + 400ms, 400ms) == doctest::Approx(40).epsilon(0.05));
  CHECK(sent(slice, start + 800ms, 10s) <= 1);
}

TEST_CASE("who uses it asks for what it uses, who does not gives it back") {
  quota_slice slice(100, start);
  slice.deal(80);
  slice.advance(start + 1s);
  for (int i = 0; i < 40; ++i) slice.take(1);
  CHECK(slice.ask(false).want == doctest::Approx(1.5 * 40 - 40).epsilon(0.05));
  for (int i = 0; i < 10; ++i) (void)slice.ask(false);
  CHECK(slice.ask(false).want == 0);
  slice.deal(7);
  CHECK(slice.ask(false).back == doctest::Approx(7));
  slice.advance(start + 5s);
  CHECK_FALSE(slice.has(1));
}

TEST_CASE("nothing is given back while a request waits for another quota of the account") {
  quota_slice slice(100, start);
  slice.deal(3);
  CHECK(slice.ask(true).back == 0);
  slice.advance(start + 1s);
  CHECK(slice.has(3));
}

TEST_CASE("what was used beyond the estimate is asked for beside the next request") {
  quota_slice slice(1000, start);
  slice.deal(500);
  slice.advance(start + 1s);
  slice.take(500);
  slice.give(-300);  // it was 800
  CHECK_FALSE(slice.has(200));
  CHECK(slice.ask(true).least == 500);
  slice.deal(500);
  CHECK(slice.has(200));
}

TEST_CASE("cut off, it forgets what was dealt and goes at its share") {
  quota_slice slice(100, start);
  slice.deal(50);
  slice.advance(start + 1s);
  slice.lapse();
  CHECK_FALSE(slice.has(1));
  slice.fall_back(10);
  CHECK(sent(slice, start + 1s, 10s) == doctest::Approx(100).epsilon(0.02));
  CHECK(slice.has(0) == true);
  CHECK(slice.when(1) <= start + 11s + 100ms);
  slice.come_back();
  CHECK(sent(slice, start + 11s, 10s) <= 2);
}

TEST_CASE("cut off, what is larger than a second's share goes once that is there") {
  quota_slice slice(600, start);
  slice.fall_back(100);
  CHECK(slice.when(5000) == start + 800ms);
  slice.advance(start + 1s);
  CHECK(slice.has(5000));
  slice.take(5000);
  CHECK(slice.when(1) > start + 48s);
}

TEST_CASE("an hour's wait and a clock that goes back harm nothing") {
  quota_slice slice(1e-9, start);
  slice.fall_back(1e-12);
  CHECK(slice.when(1) > start + 1h);
  slice.advance(start - 10s);
  slice.advance(start + 1h);
  CHECK_FALSE(slice.has(1));
}
