#include "engine/quota/concurrency_limit.hpp"

#include <doctest/doctest.h>

#include "tests/support/simulated_client.hpp"

using namespace retort;
using namespace std::chrono_literals;
using engine::concurrency_limit;
using test::simulated_client;

namespace {

const concurrency_limit::time_point start{1h};

// So many generations of requests, all in flight at once, each of the same latency; then the time.
concurrency_limit::time_point serve(concurrency_limit& limit, int generations,
                                    std::chrono::milliseconds latency,
                                    concurrency_limit::time_point now) {
  for (int i = 0; i < generations; ++i, now += latency) {
    const std::uint32_t all = limit.now();
    for (std::uint32_t k = 0; k < all; ++k) limit.succeeded(now, now + latency, all);
  }
  return now;
}

}  // namespace

TEST_CASE("a fixed limit never moves") {
  concurrency_limit limit(7);
  limit.trust_pace();
  const auto now = serve(limit, 100, 10ms, start);
  limit.refused(now, now + 1s);
  CHECK(limit.now() == 7);
}

TEST_CASE("while it is saturated and latency stays, the bound doubles up to its maximum") {
  auto limit = concurrency_limit::adaptive(4, 1000);
  serve(limit, 60, 100ms, start);
  CHECK(limit.now() == 1000);
}

TEST_CASE("without need the bound stays") {
  auto limit = concurrency_limit::adaptive(4, 1000);
  for (int i = 0; i < 1000; ++i) limit.succeeded(start + i * 1s, start + i * 1s + 100ms, 1);
  CHECK(limit.now() == 4);
}

TEST_CASE("what was sent before a cut does not cut again") {
  auto limit = concurrency_limit::adaptive(100, 1000);
  for (int i = 0; i < 50; ++i) limit.refused(start, start + 1s);
  CHECK(limit.now() == 80);
  limit.refused(start + 1s, start + 2s);
  CHECK(limit.now() == 64);
}

TEST_CASE("it is never cut below one") {
  auto limit = concurrency_limit::adaptive(2, 1000);
  for (int i = 0; i < 50; ++i) limit.refused(start + i * 1s, start + i * 1s + 1s);
  CHECK(limit.now() == 1);
}

TEST_CASE("after a cut the bound grows slowly, and does grow") {
  auto limit = concurrency_limit::adaptive(4, 1000);
  auto now = serve(limit, 10, 100ms, start);
  const auto before = limit.now();
  limit.refused(now, now + 1s);
  const auto cut = limit.now();
  CHECK(cut < before);
  now = serve(limit, 8, 100ms, now + 1s);
  CHECK(limit.now() > cut);
  CHECK(limit.now() < cut * 13 / 10);
}

TEST_CASE("where a quota sets the pace the bound stands aside, whatever the latency") {
  auto limit = concurrency_limit::adaptive(4, 1000);
  limit.trust_pace();
  CHECK(limit.now() == 1000);
  auto now = serve(limit, 3, 100ms, start);
  now = serve(limit, 10, 10s, now);
  CHECK(limit.now() == 1000);
  limit.refused(now, now + 1s);
  CHECK(limit.now() == 800);
  limit.trust_pace();
  CHECK(limit.now() == 800);
}

TEST_CASE("simulated: a server of fixed capacity is used to 90 % at less than twice its latency") {
  for (const double sigma : {0.3, 0.5}) {
    for (const double service_s : {0.02, 1.0, 20.0}) {
      for (const std::uint32_t places : {4U, 7U, 32U, 500U}) {
        const std::uint64_t seeds = places < 100 ? 4 : service_s > 1 ? 1 : 0;
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
          CAPTURE(sigma);
          CAPTURE(service_s);
          CAPTURE(places);
          CAPTURE(seed);
          test::provider_settings server;
          server.places = places;
          server.service_s = service_s;
          server.service_sigma = sigma;
          server.seed = seed;
          test::schedule on;
          simulated_client client(&on);
          client.add(server, {});
          client.run(60 * service_s + 1);
          const auto before = client.total(0);
          const double time_s = 200 * service_s;
          client.run(time_s);
          const auto then = client.total(0) - before;
          CHECK(then.answered / time_s >= 0.9 * places / service_s);
          CHECK(then.mean_latency_s() <= 2 * (service_s + 0.03));
        }
      }
    }
  }
}

TEST_CASE("simulated: a server that becomes slower or larger is followed") {
  for (const auto& [slower, larger] :
       {std::pair{3.0, 1.0}, std::pair{1.0, 4.0}, std::pair{0.4, 1.0}}) {
    CAPTURE(slower);
    CAPTURE(larger);
    test::provider_settings server;
    server.places = 32;
    test::schedule on;
    simulated_client client(&on);
    auto& to = client.add(server, {});
    client.run(100);
    server.service_s *= slower;
    server.places = static_cast<std::uint32_t>(larger * 32);
    to.provider.change(server);
    client.run(500 * server.service_s);
    const auto before = client.total(0);
    client.run(200 * server.service_s);
    const auto then = client.total(0) - before;
    CHECK(then.answered / 200 >= 0.9 * server.places);
    CHECK(then.mean_latency_s() <= 2 * (server.service_s + 0.03));
  }
}
