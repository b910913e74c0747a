#include "engine/views/ledger_account.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "tests/support/samples.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

sample paid(std::int64_t input, std::int64_t output, std::string model) {
  sample made = test::answered(0, "It is 1");
  made.completion.usage.input = input;
  made.completion.usage.output = output;
  made.completion.model = std::move(model);
  return made;
}

}  // namespace

TEST_CASE("an answer is counted once, by who gave it; what failed used nothing") {
  ledger_account all;
  sample one = paid(10, 5, "m-2026");
  one.completion.service_tier = "flex";
  one.completion.usage.cached = 2;
  one.completion.usage.cache_written = 3;
  all.note(one.key, account_of(one));
  one.is_earlier = true;  // judged later: the line has the usage once more
  all.note(one.key, account_of(one));
  const sample none = test::failed(1, providers::failure_kind::timeout);
  all.note(none.key, account_of(none));
  REQUIRE(all.variants.size() == 1);
  const auto& of = all.variants.at({0, 0});
  CHECK(of.used == usage_sum{10, 2, 5, 3});
  CHECK(of.models.at("m-2026") == 1);
  CHECK(of.service_tiers.at("flex") == 1);
}

TEST_CASE("what judges used is counted by their names, and only where it was paid") {
  ledger_account all;
  sample one = paid(1, 1, "m");
  one.evaluations = {
      {.name = "judge", .usage = providers::usage{.input = 7, .output = 3}},
      {.name = "judge", .usage = providers::usage{.input = 7, .output = 3}, .is_earlier = true}};
  all.note(one.key, account_of(one));
  CHECK(all.judges.at({0, "judge"}) == usage_sum{7, 0, 3});
}

TEST_CASE("a server that gives itself another name each time makes no more than a few of them") {
  ledger_account all;
  for (int i = 0; i < 1000; ++i) {
    const sample one = paid(1, 1, fmt::format("m{}", i));
    all.note(one.key, account_of(one));
  }
  const auto& models = all.variants.at({0, 0}).models;
  CHECK(models.size() < 50);
  CHECK(models.at("(others)") > 900);
}

TEST_CASE("counts that are not told are nothing, and no sum passes its end") {
  usage_sum sum;
  sum.add({});
  CHECK(sum == usage_sum{.untold = 1});
  for (int i = 0; i < 3; ++i) sum.add({.input = std::numeric_limits<std::int64_t>::max()});
  CHECK(sum.input == std::numeric_limits<std::int64_t>::max());
  sum.add({.input = 5, .cached = 9});
  CHECK(sum.cached == 5);  // no more than the prompt is
}
