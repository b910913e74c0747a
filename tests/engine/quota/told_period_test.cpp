#include "engine/quota/told_period.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <deque>
#include <string>

#include "engine/quota/told_quota.hpp"

using namespace std::chrono_literals;
using namespace retort::engine;
using retort::providers::quota_reading;

namespace {

using time_point = told_period::time_point;
const time_point start{1h};

std::chrono::nanoseconds in_seconds(double s) {
  return std::chrono::nanoseconds(std::llround(s * 1e9));
}

// A quota as servers keep it, and tell it without its period's name.
struct server {
  double limit, period_s;
  bool window;         // whole again at its end; else it refills steadily
  bool whole_seconds;  // of the reset that it tells
  double room = limit;
  double left = room;
  time_point at = start;

  time_point window_end() const {
    const auto period = in_seconds(period_s);
    return at + (period - (at - start + period / 3) % period);  // the run began within one
  }

  void advance(time_point now) {
    if (!window)
      left =
          std::min(room, left + std::chrono::duration<double>(now - at).count() * limit / period_s);
    if (window && now >= window_end()) left = room;
    at = now;
  }

  bool serve(time_point now) {
    advance(now);
    const bool served = left + 1e-9 >= 1;
    if (served) left -= 1;
    return served;
  }

  quota_reading tell() const {
    const double whole_s = window ? std::chrono::duration<double>(window_end() - at).count()
                                  : (room - left) * period_s / limit;
    const double ms = whole_seconds ? std::ceil(whole_s) * 1000 : std::ceil(whole_s * 1000);
    return {static_cast<std::int64_t>(limit), static_cast<std::int64_t>(left + 1e-9),
            std::chrono::milliseconds(std::max<std::int64_t>(1, std::llround(ms)))};
  }
};

struct counts {
  double served = 0, refused = 0;
};

// Asks for more than there is, as a entrance does: four at once, then what the quota lets go.
class client {
 public:
  explicit client(server of) : of_(of) {
    for (int i = 0; i < 4; ++i) send();
  }

  void run_until(time_point end) {
    while (now_ < end) {
      while (!away_.empty() && away_.front().back_at <= now_) receive();
      if (quota_.known()) quota_.advance(now_);
      if (quota_.known() && away_.size() < 1000 && quota_.has(1)) {
        quota_.take(1);
        send();
        continue;
      }
      auto next = end;
      if (!away_.empty()) next = std::min(next, away_.front().back_at);
      if (quota_.known()) next = std::min(next, std::max(quota_.when(1), now_ + 1us));
      now_ = next;
    }
  }

  counts seen;

 private:
  struct request {
    time_point back_at;
    std::uint64_t serial, others;
    bool served;
    quota_reading told;
  };

  void send() {
    const bool served = of_.serve(now_);
    ++(served ? seen.served : seen.refused);
    away_.push_back({now_ + 100ms, ++sent_, away_.size(), served, of_.tell()});
  }

  void receive() {
    const request back = away_.front();
    away_.pop_front();
    const auto outstanding = sent_ - back.serial + back.others;
    quota_.learn(back.told, static_cast<double>(outstanding), now_);
    if (!back.served) quota_.refused(1);
  }

  server of_;
  told_quota quota_;
  std::deque<request> away_;
  std::uint64_t sent_ = 0;
  time_point now_ = start;
};

}  // namespace

TEST_CASE(
    "whatever period a limit is for, nine tenths of it are used soon, and hardly more asked") {
  for (const bool window : {false, true}) {
    for (const bool whole_seconds : {false, true}) {
      for (const double period_s : {1.0, 10.0, 60.0, 3600.0, 86400.0}) {
        for (const double limit : {1.0, 2.0, 10.0, 60.0, 600.0}) {
          CAPTURE(window);
          CAPTURE(whole_seconds);
          CAPTURE(period_s);
          CAPTURE(limit);
          client all({limit, period_s, window, whole_seconds});
          const auto learnt = start + in_seconds(std::max(30.0, 6 * period_s));
          all.run_until(learnt);
          const counts warm = all.seen;
          const double measured_s = std::max(30.0, 5 * period_s);
          all.run_until(learnt + in_seconds(measured_s));
          const double quota = limit * measured_s / period_s;
          CHECK(all.seen.served - warm.served >= 0.9 * quota - 1);
          CHECK(all.seen.refused - warm.refused <= 0.02 * quota + 1);
          CHECK(warm.refused <= 4 + 0.1 * limit);
        }
      }
    }
  }
}

namespace {

// A reading of that age, in seconds.
void learn(told_period& of, double limit, double remaining, double reset_s, double at_s) {
  of.learn({limit, remaining, reset_s}, 0, start + in_seconds(at_s));
}

}  // namespace

TEST_CASE("a period that a header names is that") {
  told_period of;
  of.name(1);
  learn(of, 10, 0, 3000, 0);
  CHECK(of.seconds() == 1);
}

TEST_CASE("a reset longer than a minute is a longer period's, where that is possible") {
  struct {
    const char* what;
    double limit, remaining, reset_s, period_s;
  } const table[] = {
      {"one an hour", 1, 0, 3599, 3600},
      {"ten an hour, most of them left", 10, 9, 360, 600},  // at least
      {"two a day", 2, 1, 43'200, 86'400},
      {"16 of 150,000 back in six minutes", 150'000, 149'984, 360, 60},  // in OpenAI's manual
      {"60 a minute and a bit", 60, 0, 61, 60},
  };
  for (const auto& [what, limit, remaining, reset_s, period_s] : table) {
    CAPTURE(what);
    told_period of;
    for (int i = 0; i < 10; ++i) learn(of, limit, remaining, reset_s, i);
    CHECK(of.seconds() == period_s);
  }
}

TEST_CASE("a debt of tokens makes no period longer") {
  told_period of;
  of.spent(500);
  learn(of, 30'000, 0, 90, 0);
  CHECK(of.seconds() == 60);
}

TEST_CASE("a window's end is told from a bucket's being whole") {
  told_period window, bucket;
  for (int i = 0; i < 10; ++i) {
    learn(window, 600, 599 - i, 3000 - i, i);
    learn(bucket, 600, 599 - i, 6 * (i + 1), i);
  }
  CHECK(window.counts_down());
  CHECK(window.seconds() == 3600);
  CHECK_FALSE(bucket.counts_down());
}

TEST_CASE("a minute's window that ends soon is no shorter period") {
  told_period of;
  for (int i = 0; i < 200; ++i) {
    const int second = (i + 52) % 60;
    of.spent(10);
    learn(of, 600, 600 - 10 * second, 60 - second, i);
    CHECK(of.seconds() == 60);
  }
}
