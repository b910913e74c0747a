#include "engine/quota/budget.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <random>

using namespace retort;
using engine::budget;
using engine::price;
using engine::token_load;
using providers::usage;

namespace {

constexpr price cheap{0.15, 0.075, 0.60};  // per million
constexpr token_load worst{1000, 3000};
const double worst_usd = (1000 * 0.15 + 3000 * 0.60) / 1e6;

usage used(std::int64_t input, std::int64_t output, std::int64_t cached = -1) {
  return {input, cached, output, -1};
}

}  // namespace

TEST_CASE("what is in flight counts at its worst") {
  budget money(2.5 * worst_usd, std::nullopt);
  CHECK(money.reserve(worst, cheap));
  CHECK(money.reserve(worst, cheap));
  CHECK_FALSE(money.reserve(worst, cheap));
  CHECK(money.reserved().usd == doctest::Approx(2 * worst_usd));
  money.pay(worst, cheap, used(200, 300));
  CHECK(money.reserve(worst, cheap));
  CHECK(money.spent().tokens == 500);
  CHECK(money.spent().usd == doctest::Approx((200 * 0.15 + 300 * 0.60) / 1e6));
}

TEST_CASE("what was written to a provider's cache is paid at that price, and may be all of it") {
  constexpr price dear{2, 0.5, 8, 2.5};
  usage told = used(1000, 100, 300);
  told.cache_written = 200;
  CHECK(engine::spending_of(told, dear).usd ==
        doctest::Approx((500 * 2 + 300 * 0.5 + 200 * 2.5 + 100 * 8) / 1e6));
  told.cache_written = 5000;  // more than there is input
  CHECK(engine::spending_of(told, dear).usd ==
        doctest::Approx((300 * 0.5 + 700 * 2.5 + 100 * 8) / 1e6));
  budget money(1000 * 2.5 / 1e6, std::nullopt);
  CHECK(money.reserve({1000, 0}, dear));
  CHECK_FALSE(money.reserve({1, 0}, dear));
}

TEST_CASE("a cap that is met exactly is not passed") {
  budget tokens(std::nullopt, 8000);
  CHECK(tokens.reserve(worst, cheap));
  CHECK(tokens.reserve(worst, cheap));
  CHECK_FALSE(tokens.reserve({1, 0}, cheap));
  budget money(0.000'15, std::nullopt);
  CHECK(money.reserve({1000, 0}, cheap));
  CHECK_FALSE(money.reserve({1, 0}, cheap));
}

TEST_CASE("without a cap everything fits and is counted") {
  budget none(std::nullopt, std::nullopt);
  for (int i = 0; i < 1000; ++i) CHECK(none.reserve(worst, cheap));
  CHECK(none.reserved().tokens == 4'000'000);
}

TEST_CASE("what is known of a bill decides what it is") {
  struct {
    const char* what;
    usage told;
    std::int64_t tokens;
    double usd;
  } const table[] = {
      {"all of it", used(200, 300), 500, (200 * 0.15 + 300 * 0.60) / 1e6},
      {"cached input costs less", used(200, 0, 100), 200, (100 * 0.15 + 100 * 0.075) / 1e6},
      {"no more is cached than there is", used(200, 0, 900), 200, 200 * 0.075 / 1e6},
      {"nothing: it failed, the prompt may be billed", {}, 1000, 1000 * 0.15 / 1e6},
      {"the output is missing", used(200, -1), 3200, (200 * 0.15 + 3000 * 0.60) / 1e6},
      {"the input is missing", used(-1, 300), 1300, (1000 * 0.15 + 300 * 0.60) / 1e6},
  };
  for (const auto& [what, told, tokens, usd] : table) {
    CAPTURE(what);
    budget money(1.0, std::nullopt);
    CHECK(money.reserve(worst, cheap));
    money.pay(worst, cheap, told);
    CHECK(money.spent().tokens == tokens);
    CHECK(money.spent().usd == doctest::Approx(usd));
    CHECK(money.reserved().tokens == 0);
    CHECK(money.reserved().usd == 0);
  }
}

TEST_CASE("a refund leaves no trace") {
  budget money(1.0, 1'000'000);
  CHECK(money.reserve(worst, cheap));
  money.refund(worst, cheap);
  CHECK(money.reserved().usd == 0);
  CHECK(money.spent().usd == 0);
  CHECK(money.spent().tokens == 0);
}

TEST_CASE("earlier processes' spending counts") {
  budget money(worst_usd, 10'000);
  money.spent_before({7000, 0});
  CHECK_FALSE(money.reserve(worst, cheap));
  CHECK(money.is_exhausted());
}

TEST_CASE("what earlier processes spent may be the less by what is known otherwise") {
  budget money(std::nullopt, 10'000);
  money.spent_before({7000, 5});
  money.spent_before({-3000, -7});
  CHECK(money.exactly_spent() == budget::amount{4000, -2});
  budget::amount most{std::numeric_limits<std::int64_t>::max(), 0};
  most -= {-1, 3};
  CHECK(most == budget::amount{std::numeric_limits<std::int64_t>::max(), -3});
  budget::amount least{-5, 0};
  least += {-std::numeric_limits<std::int64_t>::max(), 0};
  CHECK(least.tokens == -std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("a budget is exhausted once nothing is in flight and the next does not fit") {
  budget tokens(std::nullopt, 4100);
  CHECK_FALSE(tokens.is_exhausted());
  CHECK(tokens.reserve(worst, cheap));
  CHECK_FALSE(tokens.reserve(worst, cheap));
  CHECK_FALSE(tokens.is_exhausted());  // what comes back may leave room
  tokens.pay(worst, cheap, used(50, 50));
  CHECK_FALSE(tokens.is_exhausted());
  CHECK(tokens.reserve(worst, cheap));
  tokens.pay(worst, cheap, used(50, 50));
  CHECK_FALSE(tokens.reserve(worst, cheap));
  CHECK(tokens.is_exhausted());
}

TEST_CASE("usages beyond all reason use a cap up for good, and never wrap around") {
  const price dear{1e4, 1e4, 1e4};
  const providers::usage absurd{providers::most_tokens, -1, providers::most_tokens, -1};
  for (const double cap : {1.0, 1e9, 1e300}) {
    budget money(cap, std::numeric_limits<std::int64_t>::max() - 1);
    double before = 0;
    for (int i = 0; i < 10'000; ++i) {
      money.hold({1, 1}, dear);
      money.pay({1, 1}, dear, absurd);
      REQUIRE(money.spent().usd >= before);
      before = money.spent().usd;
    }
    CHECK(money.spent().usd > 9e9);
    CHECK(money.reserve({1, 1}, dear) == (cap == 1e300));
    money.spent_before(
        {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()});
    CHECK(money.spent().tokens == std::numeric_limits<std::int64_t>::max());
    CHECK_FALSE(money.reserve({1, 1}, dear));
  }
}

TEST_CASE("a million sums of fractions of a cent leave nothing over") {
  budget money(1e6, std::nullopt);
  const price odd{0.137, 0.0123, 0.731};
  for (int i = 0; i < 100'000; ++i) CHECK(money.reserve({777, 333}, odd));
  for (int i = 0; i < 100'000; ++i) money.refund({777, 333}, odd);
  CHECK(money.reserved().usd == 0);
}

TEST_CASE("simulated: with max_tokens ten times what is used, 97 % of a cap is used, never more") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    const double cap = 1.0;
    budget money(cap, std::nullopt);
    std::mt19937_64 random(seed);
    std::lognormal_distribution<> length(std::log(300), 0.7);
    std::deque<std::int64_t> in_flight;  // output tokens to come
    while (!money.is_exhausted()) {
      while (in_flight.size() < 200 && money.reserve(worst, cheap)) {
        in_flight.push_back(std::clamp<std::int64_t>(std::llround(length(random)), 1, 3000));
      }
      REQUIRE(money.spent().usd + money.reserved().usd <= cap);
      if (in_flight.empty()) continue;
      money.pay(worst, cheap, used(220, in_flight.front()));
      in_flight.pop_front();
    }
    CHECK(money.spent().usd <= cap);
    CHECK(money.spent().usd >= 0.97 * cap);
  }
}
