#include "engine/config/prices.hpp"

#include <doctest/doctest.h>

#include "engine/config/config.hpp"

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

TEST_CASE("what sampling.extra asks for at a price of its own has no known price") {
  const auto price_with = [](const std::string& model, const std::string& extra) {
    const auto read = parse_config(
        "run: r\ndataset: {path: d}\nprompt: {user: q}\nmodels: [{" + model + "}]\n" + extra,
        "c.yaml", {});
    REQUIRE_MESSAGE(read.has_value(), read.error().message);
    return price_of(read->models[0]);
  };
  const std::string claude = "provider: anthropic, model: claude-haiku-4-5, concurrency: 1";
  const std::string luna = "provider: openai, model: gpt-5.6-luna, concurrency: 1";
  const auto sampling = [](const std::string& extra) {
    return "sampling: {max_tokens: 9, extra: " + extra + "}\n";
  };
  CHECK(price_with(claude, sampling("{cache_control: {type: ephemeral}}")).has_value());
  CHECK(price_with(claude, sampling("{cache_control: {type: ephemeral, ttl: 5m}}")).has_value());
  CHECK(price_with(claude, sampling("{service_tier: standard_only}")).has_value());
  CHECK(price_with(luna, sampling("{inference_geo: us}")).has_value());  // not OpenAI's
  const auto hour = price_with(claude, sampling("{cache_control: {type: ephemeral, ttl: 1h}}"));
  REQUIRE_FALSE(hour.has_value());
  CHECK(hour.error().message ==
        "budget.usd needs the price of claude-haiku-4-5 with cache_control.ttl 1h, as "
        "sampling.extra asks for it, which is not known: set its price in the config, {input: "
        "..., output: ...} in USD per 1,000,000 tokens");
  CHECK_FALSE(price_with(claude, sampling("{inference_geo: us}")).has_value());
  CHECK_FALSE(price_with(claude, sampling("{speed: fast}")).has_value());
  CHECK_FALSE(price_with(luna, sampling("{service_tier: flex}")).has_value());
  CHECK(price_with(luna + ", price: {input: 1, output: 2}", sampling("{service_tier: flex}"))
            .value() == price{1, 1, 2, 1});
  // One of several combinations, or one of the steps, is enough.
  const std::string varied =
      "sampling: {max_tokens: 9}\nvary: {sampling.extra: [{}, {service_tier: priority}]}\n";
  CHECK_FALSE(price_with(luna, varied).has_value());
  const std::string steps =
      "steps: [{name: a, prompt: {user: q}, sampling: {extra: {service_tier: priority}}}, "
      "{name: b, prompt: {user: q}}]\n";
  CHECK_FALSE(price_with(luna, steps).has_value());
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
