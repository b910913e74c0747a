#include "engine/shard/shard_share.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace retort;

namespace {

engine::config one_model(const engine::limits_config& limits) {
  engine::config out;
  out.models.resize(1);
  out.models[0].limits = limits;
  return out;
}

}  // namespace

TEST_CASE("the shares of a whole number are the whole, and differ by one at most") {
  for (const std::uint64_t whole : {0ull, 1ull, 11ull, 12ull, 13ull, 600ull, ~0ull}) {
    for (const std::uint32_t count : {1u, 2u, 7u, 12u, 1000u}) {
      std::uint64_t sum = 0;
      for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t one = engine::share_of(whole, i, count);
        CHECK(one - whole / count <= 1);
        sum += one;
      }
      CHECK(sum == whole);
    }
  }
}

TEST_CASE("all shards together never have more than the whole, of any limit and of the budget") {
  engine::limits_config limits;
  limits.rps = 0.7;
  limits.rpm = 1000.0 / 3;
  limits.tpm = 1e6 + 0.1;
  limits.input_tpm = 123457;
  limits.output_tpm = 99999.9999999;
  limits.concurrency = 100;
  for (const std::uint32_t count : {1u, 2u, 3u, 7u, 12u}) {
    double rps = 0, rpm = 0, tpm = 0, input = 0, output = 0, usd = 0;
    std::uint64_t concurrency = 0, tokens = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      engine::config run = one_model(limits);
      run.budget.usd = 10.000000001;
      run.budget.tokens = 1'000'003;
      REQUIRE(engine::take_share(run, i, count).has_value());
      const engine::limits_config& own = run.models[0].limits;
      rps += *own.rps, rpm += *own.rpm, tpm += *own.tpm, input += *own.input_tpm;
      output += *own.output_tpm, usd += *run.budget.usd;
      concurrency += *own.concurrency;
      tokens += static_cast<std::uint64_t>(*run.budget.tokens);
    }
    INFO(count);
    CHECK(concurrency == 100);
    CHECK(tokens == 1'000'003);
    for (const auto& [sum, whole] : {std::pair(rps, *limits.rps),
                                     {rpm, *limits.rpm},
                                     {tpm, *limits.tpm},
                                     {input, *limits.input_tpm},
                                     {output, *limits.output_tpm},
                                     {usd, 10.000000001}}) {
      CHECK(sum <= whole * (1 + 1e-12));
      CHECK(sum > whole - 2e-6);
    }
  }
}

TEST_CASE("what is shared by need is left whole, and the budget with it") {
  engine::limits_config limits;
  limits.rpm = 3;
  limits.concurrency = 2;
  limits.shared = "redis://h";
  engine::config run = one_model(limits);
  run.budget.tokens = 5;
  CHECK_FALSE(engine::has_shares(run));
  REQUIRE(engine::take_share(run, 4, 100).has_value());
  CHECK(run.models[0].limits.rpm == 3);
  CHECK(run.models[0].limits.concurrency == 2);
  CHECK(run.models[0].limits.parties == 1);
  CHECK(run.budget.tokens == 5);
}

TEST_CASE("of what a server will tell each shard takes its part as well") {
  engine::config run = one_model({});
  REQUIRE(engine::take_share(run, 4, 100).has_value());
  CHECK(run.models[0].limits.parties == 100);
}

TEST_CASE("endpoints that come and go: the entry's limits are divided, or shared as they are") {
  for (const char* shared : {"", "redis://h"}) {
    engine::limits_config limits;
    limits.rpm = 3000;
    limits.shared = shared;
    engine::config run = one_model(limits);
    run.models[0].endpoints_srv = "_http._tcp.h";
    run.models[0].endpoints.resize(1);
    run.budget.tokens = 100;
    REQUIRE(engine::take_share(run, 4, 100).has_value());
    const bool is_whole = !limits.shared.empty();
    CHECK(run.models[0].limits.rpm == (is_whole ? 3000 : 30));
    CHECK(run.budget.tokens == (is_whole ? 100 : 1));
    CHECK(run.models[0].endpoints[0].limits.parties == 100);
    CHECK(run.models[0].limits.parties == 100);
  }
}

TEST_CASE("what cannot be divided is refused with its key") {
  const auto refused = [](const engine::limits_config& limits, std::uint32_t count) {
    engine::config run = one_model(limits);
    const auto done = engine::take_share(run, 0, count);
    return done ? std::string() : done.error().message;
  };
  engine::limits_config few;
  few.concurrency = 8;
  CHECK(refused(few, 8).empty());
  CHECK(refused(few, 12) ==
        "models[0].limits.concurrency is 8, and each of 12 shards needs one request in flight of "
        "it: expected more, or fewer shards");
  engine::limits_config slow;
  slow.rpm = 10;
  CHECK(refused(slow, 10).empty());
  CHECK(refused(slow, 12) ==
        "models[0].limits.rpm is 10, and each of 12 shards needs one request a minute of it: "
        "expected more, or fewer shards");
  engine::config poor = one_model({});
  poor.budget.tokens = 5;
  for (const std::uint32_t index : {0U, 11U}) {  // all alike, though the first few had their token
    engine::config each = poor;
    CHECK(engine::take_share(each, index, 12).error().message ==
          "budget.tokens is 5, and each of 12 shards needs a token of it: expected more, or fewer "
          "shards");
  }
}

TEST_CASE("endpoints, judges and earlier steps have their shares too") {
  engine::config run = one_model({});
  run.models[0].endpoints.resize(2);
  run.models[0].endpoints[1].limits.concurrency = 24;
  run.judges.resize(1);
  run.judges[0].model.limits.rpm = 120;
  run.earlier.push_back(one_model({}));
  run.earlier[0].step = "draft";
  run.earlier[0].models[0].limits.concurrency = 12;
  CHECK(engine::has_shares(run));
  REQUIRE(engine::take_share(run, 0, 12).has_value());
  CHECK(run.models[0].endpoints[1].limits.concurrency == 2);
  CHECK(run.judges[0].model.limits.rpm == 10);
  CHECK(run.earlier[0].models[0].limits.concurrency == 1);
  CHECK(engine::take_share(run, 0, 12)
            .error()
            .message.starts_with("draft: models[0].limits.concurrency is 1"));
}

TEST_CASE("a run without limits and budget has nothing to divide") {
  engine::config run = one_model({});
  CHECK(!engine::has_shares(run));
  CHECK(engine::take_share(run, 0, 1000).has_value());
}
