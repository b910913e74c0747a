#include "engine/quota/entrance.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/simulated_provider.hpp"
#include "tests/support/stated_limits.hpp"

using namespace retort;
using namespace std::chrono_literals;
using engine::constraint;
using engine::entrance;
using engine::limits_config;
using engine::token_load;
using providers::quota;
using ending = entrance::ending;

using test::places, test::rpm, test::tpm;

namespace {

using time_point = entrance::time_point;
const time_point start{1h};
constexpr token_load small{100, 100};
constexpr time_point later = time_point::max();

// Rounding to nanoseconds apart.
bool held(const entrance::answer& got, constraint by, time_point again) {
  return got.held_by == by && got.again >= again - 1us &&
         (again == later || got.again <= again + 1us);
}

providers::usage used(std::int64_t input, std::int64_t output) { return {input, -1, output, -1}; }

// One that goes and comes back at once.
void pass(entrance& through, ending how, time_point now,
          std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
  const auto ticket = through.enter(small, now);
  through.leave(ticket, how, used(100, 100), retry_after, now);
}

}  // namespace

TEST_CASE("without limits the first few go at once, and the next when one is back") {
  entrance open({}, start);
  entrance::ticket last;
  while (open.may_enter(small, start).held_by == constraint::none) last = open.enter(small, start);
  CHECK(open.in_flight() == open.concurrency());
  CHECK(held(open.may_enter(small, start), constraint::concurrency, later));
  open.leave(last, ending::answered, used(100, 100), {}, start + 1s);
  CHECK(open.may_enter(small, start + 1s).held_by == constraint::none);
}

TEST_CASE("a stated concurrency is kept whatever happens") {
  entrance narrow(places(3), start);
  for (int i = 0; i < 100; ++i) pass(narrow, ending::overloaded, start + i * 1min);
  CHECK(narrow.concurrency() == 3);
}

TEST_CASE("of stated places a share is rounded down, and is one at least") {
  for (const auto& [share, most] : {std::pair{0.5, 3U}, {0.1, 1U}, {1.0, 7U}}) {
    limits_config stated = places(7);
    stated.share = share;
    CHECK(entrance(stated, start).concurrency() == most);
  }
}

TEST_CASE("what headers tell is divided among those who are told of it") {
  limits_config stated;
  stated.share = 0.5;
  stated.parties = 3;
  entrance through(stated, start);
  providers::rate_limits told;
  told[quota::requests].limit = 600;
  const auto ticket = through.enter(small, start);
  through.learn(ticket, told, start);
  int sent = 0;
  for (auto now = start; now < start + 60s; now += 10ms) {
    if (through.may_enter(small, now).held_by != constraint::none) continue;
    pass(through, ending::answered, now);
    ++sent;
  }
  CHECK(sent == doctest::Approx(100).epsilon(0.03));
}

TEST_CASE("an entrance that draws from a shared account goes by what was dealt to that") {
  limits_config stated = rpm(600);
  stated.concurrency = 5;
  engine::account_slice account(stated, 1, start);
  entrance through(stated, start);
  through.draw_from(&account);
  const auto hear = [&](std::vector<std::string> words, time_point now) {
    engine::lease_call call("m", true);
    account.ask(call);
    engine::lease_reply reply(std::move(words));
    account.hear(reply, now, now);
  };
  CHECK(held(through.may_enter(small, start), constraint::concurrency, later));
  hear({"1", "2", "10", "5"}, start);
  through.learn(through.enter(small, start), {}, start);
  CHECK(account.places() == 5);
  CHECK(through.may_enter(small, start + 900ms).held_by == constraint::none);
  through.leave(through.enter(small, start + 900ms), ending::answered, used(100, 100), {},
                start + 900ms);
  CHECK(held(through.may_enter(small, start + 900ms), constraint::requests, later));
  // What headers tell is shared, too.
  providers::rate_limits told;
  told[quota::requests].limit = 60;
  through.learn({}, told, start + 1s);
  engine::lease_call call("m", true);
  account.ask(call);
  CHECK(call.words()[7] == "1");  // a second
}

TEST_CASE("requests are paced, and the wait is exact") {
  entrance paced(rpm(600), start);
  pass(paced, ending::answered, start);
  CHECK(held(paced.may_enter(small, start), constraint::requests, start + 100ms));
  CHECK(held(paced.may_enter(small, start + 99ms), constraint::requests, start + 100ms));
  CHECK(paced.may_enter(small, start + 100ms).held_by == constraint::none);
}

TEST_CASE("of several quotas the one that takes longest is named") {
  limits_config both = rpm(600);
  both.tpm = 6000;
  entrance paced(both, start);
  CHECK(paced.may_enter({10, 40}, start).held_by == constraint::tokens);
  CHECK(held(paced.may_enter({10, 40}, start), constraint::tokens, start + 490ms));
  both.rpm = 6;
  entrance slow(both, start);
  slow.enter({0, 1}, start);
  CHECK(slow.may_enter({0, 1}, start).held_by == constraint::requests);
}

TEST_CASE("tokens of prompts and of answers are counted apart when they are limited apart") {
  limits_config apart;
  apart.input_tpm = 6000;
  apart.output_tpm = 600;
  entrance paced(apart, start);
  paced.enter({50, 5}, start);
  CHECK(held(paced.may_enter({51, 0}, start), constraint::tokens, start + 1s));
  CHECK(held(paced.may_enter({1, 6}, start + 1s), constraint::none, later));
}

TEST_CASE("what was really used corrects what was reserved") {
  struct {
    const char* what;
    ending how;
    providers::usage told;
    double kept;  // of 20 + 80 tokens
  } const table[] = {
      {"an answer shorter than expected", ending::answered, used(20, 10), 30},
      {"an answer longer than expected", ending::answered, used(30, 200), 230},
      {"an answer that does not say", ending::answered, {}, 100},
      {"a broken one keeps its prompt", ending::broken, {}, 20},
      {"a bad request keeps its prompt", ending::other, {}, 20},
      {"of a refusal half is kept, in doubt", ending::rate_limited, {}, 50},
  };
  for (const auto& [what, how, told, kept] : table) {
    CAPTURE(what);
    entrance paced(tpm(6000), start);  // 100 a second, one at the start
    const auto ticket = paced.enter({20, 80}, start);
    paced.leave(ticket, how, told, {}, start);
    const auto wait = paced.may_enter({0, 1}, start).again;
    CHECK(test::to_seconds(wait - start) == doctest::Approx(kept / 100).epsilon(0.001));
  }
}

TEST_CASE("what headers tell paces like what is stated") {
  entrance told({}, start);
  const auto ticket = told.enter(small, start);
  providers::rate_limits limits;
  limits[quota::requests] = {600, 0, 60s};
  told.learn(ticket, limits, start + 1s);
  told.leave(ticket, ending::answered, used(1, 1), {}, start + 1s);
  CHECK(told.may_enter(small, start + 1s).again == start + 1100ms);
  CHECK(told.concurrency() == engine::most_concurrency);
}

TEST_CASE("odd refusals, one in ten, are their samples' affair") {
  entrance open({}, start);
  for (int i = 0; i < 10'000; ++i) {
    const auto now = start + i * 10ms;
    REQUIRE(open.may_enter(small, now).held_by == constraint::none);
    const auto bound = open.concurrency();
    pass(open, i % 10 == 0 ? ending::rate_limited : ending::answered, now, 1000ms);
    CHECK(open.concurrency() >= bound);
  }
}

TEST_CASE("a storm of refusals pauses until the longest time asked for, within reason") {
  struct {
    const char* what;
    std::optional<std::chrono::milliseconds> asked;
    std::chrono::milliseconds pause;
  } const table[] = {{"as told", 7000ms, 7s}, {"not told", {}, 1s}, {"an hour", 3'600'000ms, 1min}};
  for (const auto& [what, asked, pause] : table) {
    CAPTURE(what);
    entrance open(places(100), start);
    std::vector<entrance::ticket> all;
    for (int i = 0; i < 100; ++i) all.push_back(open.enter(small, start));
    for (const auto& one : all) open.leave(one, ending::rate_limited, {}, asked, start + 1s);
    CHECK(held(open.may_enter(small, start + 1s), constraint::pause, start + 1s + pause));
    CHECK(open.may_enter(small, start + 1s + pause).held_by == constraint::none);
  }
}

TEST_CASE("a storm cuts the bound once") {
  entrance open({}, start);
  const auto bound = open.concurrency();
  std::vector<entrance::ticket> all;
  for (int i = 0; i < 100; ++i) all.push_back(open.enter(small, start));
  for (const auto& one : all) open.leave(one, ending::overloaded, {}, {}, start + 1s);
  CHECK(open.concurrency() < bound);
  CHECK(open.concurrency() >= bound / 2);
}

TEST_CASE("no room for some cuts the bound; only no room for most pauses") {
  for (const auto& [how, cuts] :
       {std::pair{ending::overloaded, true}, std::pair{ending::rate_limited, false}}) {
    entrance open({}, start);
    const auto bound = open.concurrency();
    for (int i = 0; i < 5; ++i) pass(open, how, start);
    CHECK((open.concurrency() < bound) == cuts);
    CHECK(open.may_enter(small, start).held_by == constraint::none);
    for (int i = 0; i < 20; ++i) pass(open, how, start + 1s);
    CHECK(open.may_enter(small, start + 1s).held_by == constraint::pause);
  }
}

TEST_CASE("a dead endpoint is left alone but for a probe") {
  entrance dead(places(10), start);
  for (int i = 0; i < 5; ++i) pass(dead, ending::broken, start);
  CHECK(dead.is_down());
  CHECK(held(dead.may_enter(small, start), constraint::breaker, start + 1s));
  CHECK(dead.room(start) == 0);
  CHECK(dead.may_enter(small, start + 1s).held_by == constraint::none);
  const auto probe = dead.enter(small, start + 1s);
  CHECK(probe.probe);
  CHECK(held(dead.may_enter(small, start + 1s), constraint::breaker, later));
  dead.leave(probe, ending::answered, used(1, 1), {}, start + 2s);
  CHECK_FALSE(dead.is_down());
  CHECK(dead.may_enter(small, start + 2s).held_by == constraint::none);
}

TEST_CASE("room compares endpoints by the share of their limits that is in use") {
  entrance little(rpm(600), start), large(rpm(3000), start);
  CHECK(little.room(start) == 1);
  pass(little, ending::answered, start);
  pass(large, ending::answered, start);
  CHECK(little.room(start) < large.room(start));
  for (int i = 0; i < 5; ++i) pass(large, ending::answered, start);
  CHECK(little.room(start) > large.room(start));
}

TEST_CASE("an endpoint that has not spoken gets few, whatever places it is said to have") {
  entrance wide(places(256), start);
  for (int i = 0; i < 4; ++i) {
    REQUIRE(wide.may_enter(small, start).held_by == constraint::none);
    wide.enter(small, start);
  }
  CHECK(held(wide.may_enter(small, start), constraint::concurrency, later));
  CHECK(wide.room(start) == 0);
}

TEST_CASE("answers that tell of no quota open it by one latency") {
  entrance wide(places(256), start);
  std::vector<entrance::ticket> all;
  for (int round = 0; round < 2; ++round) {
    const auto now = start + round * 1s;
    while (wide.may_enter(small, now).held_by == constraint::none)
      all.push_back(wide.enter(small, now));
    if (round == 1) break;
    for (const auto& one : all) wide.leave(one, ending::answered, used(1, 1), {}, now + 1s);
  }
  CHECK(wide.in_flight() == 64);
}

TEST_CASE("thousands of stated places are all used once the endpoint has spoken") {
  entrance wide(places(9000), start);
  for (int i = 0; i < 16; ++i) pass(wide, ending::answered, start);
  while (wide.may_enter(small, start).held_by == constraint::none) wide.enter(small, start);
  CHECK(wide.in_flight() == 9000);
}

TEST_CASE("where the quota is stated, places are all there is to wait for") {
  limits_config stated = rpm(600'000);
  stated.concurrency = 50;
  entrance paced(stated, start);
  for (int i = 0; i < 50; ++i) paced.enter(small, start);
  CHECK(paced.may_enter(small, start + 1s).held_by == constraint::concurrency);
  entrance other(stated, start);
  for (int i = 0; i < 10; ++i) other.enter(small, start);
  CHECK(other.may_enter(small, start + 1s).held_by == constraint::none);
}

TEST_CASE("storm after storm without a word on when, the pause doubles up to eight seconds") {
  entrance open(places(100), start);
  auto now = start;
  for (const auto pause : {1s, 2s, 4s, 8s, 8s}) {
    std::vector<entrance::ticket> all;
    for (int i = 0; i < 40; ++i) all.push_back(open.enter(small, now));
    for (const auto& one : all) open.leave(one, ending::rate_limited, {}, {}, now + 10ms);
    const auto again = open.may_enter(small, now + 10ms).again;
    CHECK(again - now >= pause);
    CHECK(again - now <= pause + 20ms);
    now = again + 1ms;
  }
}
