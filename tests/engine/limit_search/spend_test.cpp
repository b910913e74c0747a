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
  const token_load worst{400'000, 200'000};  // 0.6 USD
  const price even{1, 1, 1};
  spend_watch requests({3, {}}, even);
  CHECK(requests.take(worst));
  CHECK(requests.take(worst));
  CHECK(requests.take(worst));
  CHECK_FALSE(requests.take({}));
  CHECK(requests.why_not() == "the spend was used up before all was seen");
  CHECK(requests.requests() == 3);
  spend_watch usd({{}, 1.0}, even);
  CHECK(usd.take(worst));
  CHECK_FALSE(usd.take(worst));  // both could cost 1.2
  usd.settle(worst, {.input = 60'000, .output = 40'000});
  CHECK(usd.take(worst));
  usd.settle(worst, {});  // not told: its worst
  CHECK_FALSE(usd.take({400'000, 0}));
  CHECK(usd.why_not() ==
        "one request may cost 0.4 USD, more than is left of the spend (0.7 of 1 spent)");
  CHECK(usd.usd() == doctest::Approx(0.7));
  CHECK(usd.take({300'000, 0}));
  usd.refund({300'000, 0});
  CHECK(usd.usd() == doctest::Approx(0.7));
}

TEST_CASE("what is written to a cache counts at its price, as done as at its worst") {
  const price writes_dear{2, 0.5, 8, 200};
  spend_watch usd({{}, 1.0}, writes_dear);
  CHECK_FALSE(usd.take({6000, 0}));
  CHECK(usd.take({4000, 10}));
  usd.settle({4000, 10}, {.input = 1000, .cached = 400, .output = 10, .cache_written = 500});
  CHECK(usd.usd() == doctest::Approx((100 * 2 + 400 * 0.5 + 500 * 200 + 80) / 1e6));
}
