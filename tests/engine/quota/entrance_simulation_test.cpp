// The table of what admission must reach, in simulated time: gates against a server that enforces.
#include "engine/quota/entrance.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/simulated_client.hpp"
#include "tests/support/stated_limits.hpp"

using namespace retort;
using namespace std::chrono_literals;
using engine::entrance;
using engine::limits_config;
using engine::token_load;
using providers::quota;
using test::provider_settings;
using test::schedule;
using test::simulated_client;

using test::places, test::rpm, test::tpm;

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

TEST_CASE(
    "simulated: twelve tasks that are told of one account's quota keep it, each its twelfth") {
  for (const bool tokens : {false, true}) {
    for (const double burst_s : {5.0, 60.0}) {
      CAPTURE(tokens);
      CAPTURE(burst_s);
      provider_settings server;
      (tokens ? server.tpm : server.rpm) = tokens ? 1e6 : 6000;
      server.burst_s = burst_s;
      server.headers = true;
      server.service_s = 2;
      limits_config part;
      part.share = 1.0 / 12;
      schedule on;
      const auto account = std::make_shared<test::simulated_provider>(&on, server);
      std::vector<std::unique_ptr<simulated_client>> tasks;
      for (int i = 0; i < 12; ++i) {
        tasks.push_back(std::make_unique<simulated_client>(&on));
        tasks.back()->add(account, server, part);
        tasks.back()->begin();
      }
      tasks[0]->run(60);
      const auto before = tasks[0]->total(0);
      tasks[0]->run(120);
      const auto then = tasks[0]->total(0) - before;
      CHECK((tokens ? then.tokens / 2 / server.tpm : then.answered / 2 / server.rpm) >= 0.95);
      CHECK(then.refused_share() <= 0.01);
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
