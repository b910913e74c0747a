#include "engine/gate.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/simulated_client.hpp"

using namespace retort;
using namespace std::chrono_literals;
using engine::constraint;
using engine::gate;
using engine::limits_config;
using engine::load;
using providers::quota;
using test::provider_settings;
using test::schedule;
using test::simulated_client;
using ending = gate::ending;

namespace {

using time_point = gate::time_point;
const time_point start{1h};
constexpr load small{100, 100};
constexpr time_point later = time_point::max();

limits_config rpm(double limit) {
  limits_config stated;
  stated.rpm = limit;
  return stated;
}

limits_config tpm(double limit) {
  limits_config stated;
  stated.tpm = limit;
  return stated;
}

limits_config places(std::uint32_t concurrency) {
  limits_config stated;
  stated.concurrency = concurrency;
  return stated;
}

// Rounding to nanoseconds apart.
bool held(const gate::answer& got, constraint by, time_point again) {
  return got.held_by == by && got.again >= again - 1us &&
         (again == later || got.again <= again + 1us);
}

providers::usage used(std::int64_t input, std::int64_t output) { return {input, -1, output, -1}; }

// One that goes and comes back at once.
void pass(gate& through, ending how, time_point now,
          std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
  const auto ticket = through.enter(small, now);
  through.leave(ticket, how, used(100, 100), retry_after, now);
}

}  // namespace

TEST_CASE("without limits the first few go at once, and the next when one is back") {
  gate open({}, start);
  gate::ticket last;
  while (open.ask(small, start).held_by == constraint::none) last = open.enter(small, start);
  CHECK(open.in_flight() == open.concurrency());
  CHECK(held(open.ask(small, start), constraint::concurrency, later));
  open.leave(last, ending::answered, used(100, 100), {}, start + 1s);
  CHECK(open.ask(small, start + 1s).held_by == constraint::none);
}

TEST_CASE("a stated concurrency is kept whatever happens") {
  gate narrow(places(3), start);
  for (int i = 0; i < 100; ++i) pass(narrow, ending::overloaded, start + i * 1min);
  CHECK(narrow.concurrency() == 3);
}

TEST_CASE("requests are paced, and the wait is exact") {
  gate paced(rpm(600), start);
  pass(paced, ending::answered, start);
  CHECK(held(paced.ask(small, start), constraint::requests, start + 100ms));
  CHECK(held(paced.ask(small, start + 99ms), constraint::requests, start + 100ms));
  CHECK(paced.ask(small, start + 100ms).held_by == constraint::none);
}

TEST_CASE("of several quotas the one that takes longest is named") {
  limits_config both = rpm(600);
  both.tpm = 6000;
  gate paced(both, start);
  CHECK(paced.ask({10, 40}, start).held_by == constraint::tokens);
  CHECK(held(paced.ask({10, 40}, start), constraint::tokens, start + 490ms));
  both.rpm = 6;
  gate slow(both, start);
  slow.enter({0, 1}, start);
  CHECK(slow.ask({0, 1}, start).held_by == constraint::requests);
}

TEST_CASE("tokens of prompts and of answers are counted apart when they are limited apart") {
  limits_config apart;
  apart.input_tpm = 6000;
  apart.output_tpm = 600;
  gate paced(apart, start);
  paced.enter({50, 5}, start);
  CHECK(held(paced.ask({51, 0}, start), constraint::tokens, start + 1s));
  CHECK(held(paced.ask({1, 6}, start + 1s), constraint::none, later));
}

TEST_CASE("what was really used is settled") {
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
    gate paced(tpm(6000), start);  // 100 a second, one at the start
    const auto ticket = paced.enter({20, 80}, start);
    paced.leave(ticket, how, told, {}, start);
    const auto wait = paced.ask({0, 1}, start).again;
    CHECK(test::to_seconds(wait - start) == doctest::Approx(kept / 100).epsilon(0.001));
  }
}

TEST_CASE("what headers tell paces like what is stated") {
  gate told({}, start);
  const auto ticket = told.enter(small, start);
  providers::rate_limits limits;
  limits[quota::requests] = {600, 0, 60s};
  told.learn(ticket, limits, start + 1s);
  told.leave(ticket, ending::answered, used(1, 1), {}, start + 1s);
  CHECK(told.ask(small, start + 1s).again == start + 1100ms);
  CHECK(told.concurrency() == engine::most_concurrency);
}

TEST_CASE("odd refusals, one in ten, are their samples' affair") {
  gate open({}, start);
  for (int i = 0; i < 10'000; ++i) {
    const auto now = start + i * 10ms;
    REQUIRE(open.ask(small, now).held_by == constraint::none);
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
    gate open(places(100), start);
    std::vector<gate::ticket> all;
    for (int i = 0; i < 100; ++i) all.push_back(open.enter(small, start));
    for (const auto& one : all) open.leave(one, ending::rate_limited, {}, asked, start + 1s);
    CHECK(held(open.ask(small, start + 1s), constraint::pause, start + 1s + pause));
    CHECK(open.ask(small, start + 1s + pause).held_by == constraint::none);
  }
}

TEST_CASE("a storm cuts the bound once") {
  gate open({}, start);
  const auto bound = open.concurrency();
  std::vector<gate::ticket> all;
  for (int i = 0; i < 100; ++i) all.push_back(open.enter(small, start));
  for (const auto& one : all) open.leave(one, ending::overloaded, {}, {}, start + 1s);
  CHECK(open.concurrency() < bound);
  CHECK(open.concurrency() >= bound / 2);
}

TEST_CASE("no room for some cuts the bound; only no room for most pauses") {
  for (const auto& [how, cuts] :
       {std::pair{ending::overloaded, true}, std::pair{ending::rate_limited, false}}) {
    gate open({}, start);
    const auto bound = open.concurrency();
    for (int i = 0; i < 5; ++i) pass(open, how, start);
    CHECK((open.concurrency() < bound) == cuts);
    CHECK(open.ask(small, start).held_by == constraint::none);
    for (int i = 0; i < 20; ++i) pass(open, how, start + 1s);
    CHECK(open.ask(small, start + 1s).held_by == constraint::pause);
  }
}

TEST_CASE("a dead endpoint is left alone but for a probe") {
  gate dead(places(10), start);
  for (int i = 0; i < 5; ++i) pass(dead, ending::broken, start);
  CHECK(dead.is_open(start));
  CHECK(held(dead.ask(small, start), constraint::breaker, start + 1s));
  CHECK(dead.room(start) == 0);
  CHECK(dead.ask(small, start + 1s).held_by == constraint::none);
  const auto probe = dead.enter(small, start + 1s);
  CHECK(probe.probe);
  CHECK(held(dead.ask(small, start + 1s), constraint::breaker, later));
  dead.leave(probe, ending::answered, used(1, 1), {}, start + 2s);
  CHECK_FALSE(dead.is_open(start + 2s));
  CHECK(dead.ask(small, start + 2s).held_by == constraint::none);
}

TEST_CASE("room compares endpoints by the share of their limits that is in use") {
  gate little(rpm(600), start), large(rpm(3000), start);
  CHECK(little.room(start) == 1);
  pass(little, ending::answered, start);
  pass(large, ending::answered, start);
  CHECK(little.room(start) < large.room(start));
  for (int i = 0; i < 5; ++i) pass(large, ending::answered, start);
  CHECK(little.room(start) > large.room(start));
}

// From here on: issue 3's table in simulated time.

namespace {

struct measured {
  double of_quota = 0;  // of the tokens if they are limited, else of the requests
  double refused = 0;   // share of the requests
};

measured measure(const provider_settings& server, const limits_config& stated, double warm_s,
                 double time_s) {
  schedule on;
  simulated_client client(&on);
  client.add(server, stated);
  client.run(warm_s);
  const auto before = client.total(0);
  client.run(time_s);
  const auto then = client.total(0) - before;
  const double minutes = time_s / 60;
  const double share =
      server.tpm > 0 ? then.tokens / minutes / server.tpm : then.answered / minutes / server.rpm;
  return {share, then.refused_share()};
}

}  // namespace

TEST_CASE("simulated: requests per minute, stated or told: 98 % used, 0.5 % refused") {
  for (const bool told : {false, true}) {
    for (const double service_s : {0.2, 2.0, 8.0}) {
      for (const double burst_s : {1.0, 60.0}) {
        for (const double limit : {60.0, 600.0, 6000.0}) {
          CAPTURE(told);
          CAPTURE(service_s);
          CAPTURE(burst_s);
          CAPTURE(limit);
          provider_settings server;
          server.rpm = limit;
          server.burst_s = burst_s;
          server.service_s = service_s;
          server.headers = told;
          const auto got = measure(server, told ? limits_config{} : rpm(limit), 30, 120);
          CHECK(got.of_quota >= 0.98);
          CHECK(got.refused <= 0.005);
        }
      }
    }
  }
}

TEST_CASE("simulated: tokens per minute, stated or told: 95 % used, 1 % refused") {
  for (const bool told : {false, true}) {
    for (const double service_s : {0.5, 5.0, 20.0}) {
      for (const double sigma : {0.5, 1.0}) {
        for (const double limit : {30e3, 500e3}) {
          for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            CAPTURE(told);
            CAPTURE(service_s);
            CAPTURE(sigma);
            CAPTURE(limit);
            CAPTURE(seed);
            provider_settings server;  // max_tokens is ten times the median
            server.tpm = limit;
            server.service_s = service_s;
            server.output_sigma = sigma;
            server.headers = told;
            server.seed = seed;
            const auto got = measure(server, told ? limits_config{} : tpm(limit), 60, 300);
            CHECK(got.of_quota >= 0.95);
            CHECK(got.refused <= 0.01);
          }
        }
      }
    }
  }
}

TEST_CASE("simulated: a quota by fixed windows, told: 95 % used, 1 % refused") {
  for (const double service_s : {0.5, 5.0}) {
    CAPTURE(service_s);
    provider_settings server;
    server.rpm = 1200;
    server.windows = true;
    server.headers = true;
    server.service_s = service_s;
    const auto got = measure(server, {}, 60, 300);
    CHECK(got.of_quota >= 0.95);
    CHECK(got.refused <= 0.01);
  }
}

TEST_CASE("simulated: three endpoints 1 : 2 : 5, one dies and returns") {
  for (const bool told : {false, true}) {
    CAPTURE(told);
    schedule on;
    simulated_client client(&on);
    for (const double share : {1.0, 2.0, 5.0}) {
      provider_settings server;
      server.rpm = 300 * share;
      server.service_s = 0.5;
      server.headers = told;
      server.seed = static_cast<std::uint64_t>(share);
      client.add(server, told ? limits_config{} : rpm(server.rpm));
    }
    const auto answered_in = [&](double time_s) {
      double before = 0, after = 0;
      for (std::size_t i = 0; i < 3; ++i) before += client.total(i).answered;
      client.run(time_s);
      for (std::size_t i = 0; i < 3; ++i) after += client.total(i).answered;
      return (after - before) / time_s / 5;  // 300 a minute are 5 a second
    };
    client.run(60);
    CHECK(answered_in(60) >= 0.95 * 8);
    client.endpoint(2).provider.die();
    const double probes = client.total(2).asked;
    CHECK(answered_in(60) >= 0.95 * 3);
    CHECK(client.total(2).asked - probes <= 40);  // what was under way, and probes
    client.endpoint(2).provider.revive();
    client.run(engine::breaker::longest_rest.count());
    CHECK(answered_in(60) >= 0.95 * 8);
  }
}

TEST_CASE("simulated: a server that answers 503 when it is full is used without a storm") {
  for (const std::uint32_t capacity : {8U, 64U}) {
    CAPTURE(capacity);
    provider_settings server;
    server.places = capacity;
    server.queues = false;
    server.service_s = 2;
    schedule on;
    simulated_client client(&on);
    client.add(server, {});
    client.run(120);
    const auto before = client.total(0);
    client.run(600);
    const auto then = client.total(0) - before;
    CHECK(then.answered >= 0.85 * 300 * capacity);
    CHECK(then.refused_share() <= 0.04);
  }
}

TEST_CASE("simulated: nothing is lost while an endpoint dies and returns") {
  schedule on;
  simulated_client client(&on, 10'000);
  for (std::uint64_t i = 0; i < 2; ++i) {
    provider_settings server;
    server.rpm = 3000;
    server.seed = i;
    client.add(server, rpm(server.rpm));
  }
  on.at(on.now() + 10s, [&] { client.endpoint(1).provider.die(); });
  on.at(on.now() + 40s, [&] { client.endpoint(1).provider.revive(); });
  client.drain();
  CHECK(client.total(0).answered + client.total(1).answered == 10'000);
  CHECK(client.total(1).answered >= 2000);
}

TEST_CASE("simulated: load that does not fill the quotas is spread in proportion to them") {
  schedule on;
  simulated_client client(&on, 0);
  for (const double share : {1.0, 2.0, 5.0}) {
    provider_settings server;
    server.rpm = 600 * share;
    client.add(server, rpm(server.rpm));
  }
  client.run(5);
  for (int i = 0; i < 2400; ++i) {
    client.feed(1);
    client.run(1.0 / 40);
  }
  CHECK(client.total(0).asked == doctest::Approx(300).epsilon(0.05));
  CHECK(client.total(1).asked == doctest::Approx(600).epsilon(0.05));
  CHECK(client.total(2).asked == doctest::Approx(1500).epsilon(0.05));
}

TEST_CASE("simulated: one in ten refused at random costs a tenth of the time at most") {
  struct {
    std::string what;
    limits_config stated;
    double rpm;
    bool told;
    std::uint32_t places;
  } const table[] = {{"a stated quota", rpm(1200), 1200, false, 0},
                     {"a told quota", {}, 1200, true, 0},
                     {"a stated concurrency", places(20), 0, false, 20},
                     {"nothing known", {}, 0, false, 20}};
  for (const auto& [what, stated, limit, told, capacity] : table) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      CAPTURE(what);
      CAPTURE(seed);
      provider_settings server;
      server.rpm = limit;
      server.burst_s = 1;
      server.headers = told;
      server.places = capacity;
      server.odd_429 = 0.1;
      server.seed = seed;
      schedule on;
      simulated_client client(&on, 4000);  // 200 s at 20 a second
      client.add(server, stated);
      CHECK(client.drain() <= 1.1 * 200);
    }
  }
}

TEST_CASE("simulated: an hour of 10,000 requests and 2,000,000 tokens a minute") {
  provider_settings server;  // about 433 tokens a request: they bind
  server.rpm = 10'000;
  server.tpm = 2e6;
  server.prompt_tokens = 50;
  server.service_s = 3;
  limits_config stated = rpm(server.rpm);
  stated.tpm = server.tpm;
  schedule on;
  simulated_client client(&on);
  client.add(server, stated);
  client.run(3600);
  const auto hour = client.total(0);
  CHECK(hour.refused_share() <= 0.005);
  CHECK(hour.tokens >= 0.95 * 60 * server.tpm);
}

TEST_CASE("simulated: a quota that is half of what is stated or told does not make a storm") {
  for (const bool told : {false, true}) {
    CAPTURE(told);
    provider_settings server;
    server.rpm = 3000;
    server.service_s = 2;
    server.headers = told;
    server.told_factor = 2;
    const auto got = measure(server, told ? limits_config{} : rpm(2 * server.rpm), 120, 300);
    CHECK(got.of_quota >= 0.95);
    CHECK(got.refused <= 0.2);
  }
}
