#include "engine/quota/told_quota.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using retort::engine::told_quota;
using retort::providers::quota_reading;

namespace {

using time_point = told_quota::time_point;
const time_point start{1h};

quota_reading said(std::int64_t limit, std::int64_t remaining,
                   std::optional<std::chrono::milliseconds> reset = std::nullopt) {
  return {limit, remaining, reset};
}

// How many go in so much time, one being asked for whenever it may go.
int sent(told_quota& quota, time_point from, std::chrono::milliseconds time) {
  int count = 0;
  for (auto now = from; now < from + time; now += 1ms) {
    for (quota.advance(now); quota.has(1); ++count) quota.take(1);
  }
  return count;
}

}  // namespace

TEST_CASE("nothing is known until a limit is told") {
  told_quota quota;
  CHECK_FALSE(quota.known());
  quota.learn({std::nullopt, 5, 100ms}, 0, start);
  CHECK_FALSE(quota.known());
  quota.learn({600, std::nullopt, std::nullopt}, 0, start);
  CHECK(quota.known());
}

TEST_CASE("a limit without a reset is a minute's, and sets the pace") {
  told_quota quota;
  quota.learn({600, std::nullopt, std::nullopt}, 0, start);
  CHECK(sent(quota, start, 10s) == doctest::Approx(100).epsilon(0.02));
}

TEST_CASE("a longer window that is named is found out by its resets, as one that is not") {
  std::vector<std::pair<double, double>> paces;
  for (const auto named : {std::optional<std::chrono::seconds>(), {24h}}) {
    told_quota steady, fixed;
    for (int i = 0; i < 10; ++i) {
      const auto now = start + std::chrono::seconds(10 * i);
      steady.learn({1000, 999 - i, std::chrono::milliseconds(86400 * (i + 1)), named}, 0, now);
      fixed.learn({1000, 999 - i, 20h - std::chrono::seconds(10 * i), named}, 0, now);
    }
    paces.push_back({sent(steady, start + 100s, 60s), sent(fixed, start + 100s, 60s)});
  }
  CHECK(paces[0] == paces[1]);
  CHECK(paces[0].first > 10);  // what is left over of a bucket goes besides its pace
}

TEST_CASE("who has a part of the account paces at that part of what is told") {
  told_quota quota;
  quota.set_part(0.25);
  quota.learn({600, std::nullopt, std::nullopt}, 0, start);
  CHECK(quota.per_second() == doctest::Approx(2.5));
  CHECK(sent(quota, start, 20s) == doctest::Approx(50).epsilon(0.02));
}

TEST_CASE(
    "of what is left over it spends its part, and supposes that others have theirs under way") {
  told_quota quota;
  quota.set_part(0.1);
  for (const int left : {590, 500, 400, 300}) {
    quota.learn(said(600, left, (600 - left) * 100ms), 5, start);  // of everybody 50
  }
  CHECK(sent(quota, start, 60s) == doctest::Approx(60 + (300 - 50 - 6) * 0.1 - 1.25).epsilon(0.05));
}

TEST_CASE("what is left over goes besides, but not what is under way nor the margin") {
  told_quota quota;
  for (const int left : {590, 500, 400, 300}) {
    quota.learn(said(600, left, (600 - left) * 100ms), 50, start);
  }
  CHECK(sent(quota, start, 10s) == doctest::Approx(200).epsilon(0.02));  // twice the pace
  CHECK(sent(quota, start + 10s, 50s) == doctest::Approx(500 + 300 - 50 - 6 - 100).epsilon(0.02));
}

TEST_CASE("a day's quota is not doled out by the hour") {
  told_quota quota;
  for (int i = 1; i < 10; ++i) {  // 6 s until one more is there
    quota.learn(said(14'400, 14'400 - 10 * i, i * 60s), 0, start);
  }
  CHECK(quota.per_second() == doctest::Approx(1.0 / 6));
  CHECK(sent(quota, start, 50s) == doctest::Approx(12'000).epsilon(0.02));
}

TEST_CASE("when() is exact") {
  told_quota quota;
  quota.learn(said(600, 0), 0, start);
  CHECK(quota.when(1) == start + 100ms);
  quota.advance(start + 100ms);
  CHECK(quota.has(1));
}

TEST_CASE("what is larger than a second's worth goes once that is there") {
  told_quota quota;
  quota.learn(said(6000, 0), 0, start);  // 100 a second
  CHECK(quota.when(5000) == start + 800ms);
  quota.advance(start + 1s);
  CHECK(quota.has(5000));
  quota.take(5000);
  CHECK(quota.when(1) > start + 48s);
}

TEST_CASE("the period shows in how the reset grows with what is missing") {
  struct {
    const char* what;
    std::int64_t limit;
    double room_s;    // what the server's bucket holds, in seconds' worth
    double period_s;  // what it fills in, if it held the limit
  } const table[] = {
      {"a minute", 600, 60, 60},     {"a minute, in a bucket of a second", 10'000, 1, 60},
      {"a second", 100, 1, 1},       {"a day", 14'400, 86'400, 86'400},
      {"an hour", 3600, 3600, 3600},
  };
  for (const auto& [what, limit, room_s, period_s] : table) {
    CAPTURE(what);
    told_quota quota;
    const double rate = static_cast<double>(limit) / period_s, room = rate * room_s;
    for (int i = 1; i < 10; ++i) {
      const double left = std::floor(room * (1 - i * 0.1));
      const auto reset = std::chrono::milliseconds(std::llround((room - left) / rate * 1000));
      quota.learn(said(limit, static_cast<std::int64_t>(left), reset), 0, start + i * 1s);
    }
    CHECK(quota.per_second() == doctest::Approx(rate));
  }
}

TEST_CASE("a bucket of one request does not look like a quota by the second") {
  told_quota quota;
  for (int i = 0; i < 50; ++i) quota.learn(said(60, 0, 1s), 0, start + i * 1s);
  CHECK(quota.per_second() == doctest::Approx(1));
}

TEST_CASE("a fixed window's end says nothing of the period") {
  told_quota quota;
  for (int i = 0; i < 50; ++i)
    quota.learn(said(600, 600 - 10 * i, 60s - i * 1s), 0, start + i * 1s);
  CHECK(quota.per_second() == doctest::Approx(10));
}

TEST_CASE("what is left over of a fixed window is not spent besides") {
  told_quota quota;
  for (int i = 0; i < 10; ++i)
    quota.learn(said(600, 600 - 10 * i, 60s - i * 1s), 0, start + i * 1s);
  quota.advance(start + 10s);
  CHECK(sent(quota, start + 10s, 10s) <= 112);
}

TEST_CASE("of a day's window what is left goes at once, and again when it ends") {
  told_quota quota;
  const auto end = start + 20h;
  const auto left_until = [&](time_point now) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end - now);
  };
  for (int i = 0; i < 10; ++i) {
    const auto now = start + i * 1s;
    quota.learn(said(1000, 999 - i, left_until(now)), 0, now);
  }
  CHECK(sent(quota, start + 10s, 61s) == doctest::Approx(990).epsilon(0.02));  // but the margin
  const auto used_up = start + 80s;
  quota.learn(said(1000, 9, left_until(used_up)), 0, used_up);
  CHECK(sent(quota, used_up, 60s) <= 1);
  quota.advance(used_up + 60s);
  CHECK(quota.when(1) <= end + 1s);  // whole seconds are told
  quota.advance(end + 1s);
  CHECK(quota.has(1));
}

TEST_CASE("one noisy reading does not matter") {
  told_quota quota;
  quota.learn(said(6000, 100), 100, start);
  CHECK(sent(quota, start, 2s) == doctest::Approx(200).epsilon(0.02));
  quota.learn(said(6000, 0), 100, start + 2s);
  CHECK(sent(quota, start + 2s, 2s) >= 190);
}

TEST_CASE("while too little remains the pace slackens, but not by more than a tenth") {
  told_quota quota;
  for (int i = 0; i < 60; ++i) quota.learn(said(6000, 0), 0, start + i * 1s);
  CHECK(sent(quota, start + 60s, 10s) == doctest::Approx(900).epsilon(0.15));
}

TEST_CASE("doubt slackens it further; it recovers") {
  told_quota quota;
  quota.learn(said(6000, 0), 0, start);
  for (int i = 0; i < 50; ++i) quota.doubt();
  CHECK(sent(quota, start, 10s) == doctest::Approx(100).epsilon(0.05));
  for (int i = 0; i < 200; ++i) quota.learn(said(6000, 100), 100, start + 10s + i * 1s);
  CHECK(sent(quota, start + 300s, 10s) >= 1000);
}

TEST_CASE("a refusal is given back unless the quota was used up") {
  for (const auto& [remaining, given] : {std::pair{1000, true}, std::pair{0, false}}) {
    told_quota quota;
    quota.learn(said(6000, remaining), 2000, start);
    quota.take(1);
    quota.refused(1);
    CAPTURE(remaining);
    CHECK((quota.when(1) == start + 10ms) == given);
  }
}

TEST_CASE("a limit that changes is followed") {
  told_quota quota;
  quota.learn(said(600, 0), 0, start);
  quota.learn(said(6000, 0), 0, start + 1ms);
  CHECK(quota.per_second() == doctest::Approx(100));
}

TEST_CASE("a quota by the second is known by being whole again each second") {
  struct {
    const char* what;
    std::int64_t limit;
    std::function<std::int64_t(int)> left;  // as the i-th answer says
  } const table[] = {
      {"hardly used", 10, [](int) { return 9; }},
      {"used up", 10, [](int i) { return 9 - i % 10; }},
      {"used by a fifth", 100, [](int i) { return 99 - i % 20; }},
      {"of one request", 1, [](int) { return 0; }},
  };
  for (const auto& [what, limit, left] : table) {
    CAPTURE(what);
    told_quota quota;
    int answers = 0;
    for (auto now = start; now < start + 10s; now += 10ms) {
      if (answers > 0) quota.advance(now);
      if (answers > 0 && !quota.has(1)) continue;
      if (answers > 0) quota.take(1);
      quota.learn(said(limit, left(answers++), 1s), 0, now);
    }
    CHECK(quota.per_second() == doctest::Approx(static_cast<double>(limit)));
    CHECK(sent(quota, start + 10s, 10s) ==
          doctest::Approx(10 * static_cast<double>(limit)).epsilon(0.1));
  }
}

TEST_CASE("a period that is named needs no watching") {
  told_quota quota;
  quota_reading named = said(10, 9);
  named.period = 1s;
  quota.learn(named, 0, start);
  CHECK(quota.per_second() == 10);
}

TEST_CASE("a minute's fixed window is never taken for a shorter one") {
  told_quota quota;
  for (int i = 0; i < 1000; ++i) {
    const int second = (i + 55) % 60;  // the first readings come at a window's end
    quota.learn(said(600, 600 - 10 * second, 60s - second * 1s), 0, start + i * 1s);
    CHECK(quota.per_second() == doctest::Approx(10));
  }
}

TEST_CASE("who was refused most requests does not believe in seconds again") {
  told_quota quota;
  for (int i = 0; i < 10; ++i) quota.learn(said(10, 9, 1s), 0, start + i * 1s);
  CHECK(quota.per_second() == 10);
  quota.doubt();
  for (int i = 10; i < 30; ++i) quota.learn(said(10, 9, 1s), 0, start + i * 1s);
  CHECK(quota.per_second() == doctest::Approx(10.0 / 60));
}

TEST_CASE("looking whether a quota is whole is made up for by the pace") {
  told_quota quota;
  int answers = 0;
  for (auto now = start; now < start + 60s; now += 10ms) {  // 60 a minute, in a bucket of one
    if (answers > 0) quota.advance(now);
    if (answers > 0 && !quota.has(1)) continue;
    if (answers > 0) quota.take(1);
    quota.learn(said(60, 0, 1s), 0, now);
    ++answers;
  }
  CHECK(answers <= 62);
}
