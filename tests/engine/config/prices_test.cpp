#include "engine/config/prices.hpp"

#include <doctest/doctest.h>

using namespace retort;
using namespace retort::engine;

namespace {

model_config named(const std::string& name) {
  model_config model;
  model.model = name;
  return model;
}

}  // namespace

TEST_CASE("every known model has prices that can be right") {
  CHECK(known_prices().size() >= 12);
  for (const auto& [name, costs] : known_prices()) {
    CAPTURE(name);
    CHECK(costs.input > 0);
    CHECK(costs.cached > 0);
    CHECK(costs.cached <= costs.input);
    CHECK(costs.output > costs.input);
    CHECK(costs.cache_write >= costs.input);
  }
}

TEST_CASE("a model's price is its own, else the known one, whatever its date") {
  const price luna{0.2, 0.02, 1.2};
  CHECK(price_of(named("gpt-5.6-luna")).value() == luna);
  CHECK(price_of(named("gpt-5.6-luna-2026-07-09")).value() == luna);
  CHECK(price_of(named("claude-haiku-4-5-20251001")).value() == price{1, 0.1, 5, 1.25});
  model_config own = named("gpt-5.6-luna");
  own.price = price{1, 2, 3};
  CHECK(price_of(own).value() == price{1, 2, 3});
  own.price->cache_write = 4;
  own.batch = true;
  CHECK(price_of(own).value() == price{0.5, 1, 1.5, 2});
}

TEST_CASE("a model without a price is an error that says what to do") {
  const auto unknown = price_of(named("gpt-5.6-lune"));
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == errc::usage);
  CHECK(unknown.error().message ==
        "budget.usd needs the price of gpt-5.6-lune, which is not known (that of gpt-5.6-luna is): "
        "set its price in the config, {input: ..., output: ...} in USD per 1,000,000 tokens");
  CHECK_FALSE(price_of(named("gpt-5.6-luna-turbo")).has_value());
}
