#include "tools/mock/batches/batch.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace retort::mock;
using stage = batch_times::stage;

namespace {

const batch_time start{1000h};

batch_times of_ten_seconds() { return {start, 10s, std::nullopt}; }

}  // namespace

TEST_CASE("a batch is checked, worked on, gathered and over") {
  const batch_times times = of_ten_seconds();
  CHECK(times.at(start) == stage::checking);
  CHECK(times.at(start + 999ms) == stage::checking);
  CHECK(times.at(start + 1s) == stage::working);
  CHECK(times.at(start + 8999ms) == stage::working);
  CHECK(times.at(start + 9s) == stage::gathering);
  CHECK(times.at(start + 10s) == stage::ended);
}

TEST_CASE("its lines finish evenly while it is worked on") {
  const batch_times times = of_ten_seconds();
  CHECK(times.finished(8, start + 1s) == 0);
  CHECK(times.finished(8, start + 2s) == 1);
  CHECK(times.finished(8, start + 5s) == 4);
  CHECK(times.finished(8, start + 8999ms) == 7);
  CHECK(times.finished(8, start + 9s) == 8);
}

TEST_CASE("once cancelled, it finishes no more lines and soon ends") {
  batch_times times = of_ten_seconds();
  times.cancelled = start + 5s;
  CHECK(times.ended() == start + 6s);
  CHECK(times.finished(8, start + 10h) == 4);
  times.cancelled = start + 9500ms;
  CHECK(times.ended() == start + 10s);
}

TEST_CASE("a batch that takes no time is over at once, whole") {
  const batch_times times{start, 0s, std::nullopt};
  CHECK(times.at(start) == stage::ended);
  CHECK(times.finished(8, start) == 8);
}

TEST_CASE("a page is what comes before a position, newest first") {
  const batch_page first = page_before(5, 2), last = page_before(1, 2), exact = page_before(2, 2);
  CHECK(first.begin == 5);
  CHECK(first.end == 3);
  CHECK(first.more());
  CHECK(last.begin == 1);
  CHECK(last.end == 0);
  CHECK_FALSE(last.more());
  CHECK_FALSE(exact.more());
}
