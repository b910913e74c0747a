#include "engine/limit_search/spend.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("a spend is requests, dollars, or both") {
  CHECK(*parse_spend("500req").value().requests == 500);
  CHECK_FALSE(parse_spend("500req").value().usd);
  CHECK(*parse_spend("0.50usd").value().usd == 0.5);
  const auto both = parse_spend("5 req, 2usd").value();
  CHECK(*both.requests == 5);
  CHECK(*both.usd == 2);
  for (const char* bad : {"", "500", "req", "-5req", "0req", "1.5req", "1e12req", "nanusd", "5req,",
                          "5req,6req", "5eur", "0usd"}) {
    CAPTURE(std::string(bad));
    REQUIRE(parse_spend(bad).has_error());
    CHECK(parse_spend(bad).error().message.find("as in 500req, 0.50usd") != std::string::npos);
  }
}

TEST_CASE("a request is taken only if its worst fits, and what it did cost makes room again") {
  spend_watch requests({3, {}});
  CHECK(requests.take(100));
  CHECK(requests.take(100));
  CHECK(requests.take(100));
  CHECK_FALSE(requests.take(0));
  CHECK(requests.requests() == 3);
  spend_watch usd({{}, 1.0});
  CHECK(usd.take(0.6));
  CHECK_FALSE(usd.take(0.6));  // both could cost 1.2
  usd.settle(0.6, 0.1);
  CHECK(usd.take(0.6));
  usd.settle(0.6, {});  // not told: its worst
  CHECK_FALSE(usd.take(0.4));
  CHECK(usd.usd() == doctest::Approx(0.7));
}

TEST_CASE("tokens cost what the price says, cached ones less") {
  retort::providers::usage used;
  used.input = 1000;
  used.cached = 400;
  used.output = 10;
  CHECK(*usd_of(used, {2, 0.5, 8}) == doctest::Approx((600 * 2 + 400 * 0.5 + 80) / 1e6));
  used.output = -1;
  CHECK_FALSE(usd_of(used, {2, 0.5, 8}));
}
