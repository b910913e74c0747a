#include "engine/limit_search/deduced_limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace retort::engine;
using retort::providers::quota;

namespace {

std::optional<double> value_of(const std::vector<found_limit>& found, const char* key) {
  const auto one = std::ranges::find(found, key, &found_limit::key);
  return one == found.end() ? std::nullopt : std::optional(one->value);
}

seen_limits windows(refusal_window first, std::optional<refusal_window> longer) {
  seen_limits out;
  out.has_refused = true;
  out.latency_s = 0.5;
  out.first = first;
  out.longer = longer;
  return out;
}

}  // namespace

TEST_CASE("what headers tell is taken as it is, in its period") {
  seen_limits seen;
  seen.told[quota::requests].limit = 100;
  seen.told[quota::requests].period = std::chrono::seconds(10);
  seen.told[quota::input_tokens].limit = 50'000;
  seen.first = refusal_window{60, 5, 500};
  const auto found = deduced(seen);
  CHECK(value_of(found, "rpm") == 600);
  CHECK(found[0].how == "told by its headers: 100 in 10 s");
  CHECK(value_of(found, "input_tpm") == 50'000);
  CHECK(found[1].how == "told by its headers: 50000; of a minute, as they tell no other period");
  CHECK_FALSE(value_of(found, "tpm"));
}

TEST_CASE("longer prompts tell a quota of requests from one of tokens") {
  const auto requests = deduced(windows({60, 100, 10'000}, refusal_window{60, 98, 39'000}));
  CHECK(value_of(requests, "rpm") == 100);
  CHECK_FALSE(value_of(requests, "tpm"));
  const auto tokens = deduced(windows({60, 100, 10'000}, refusal_window{60, 26, 10'400}));
  CHECK(value_of(tokens, "tpm") == 10'400);
  CHECK_FALSE(value_of(tokens, "rpm"));
  const auto both = deduced(windows({60, 100, 10'000}, refusal_window{60, 50, 20'000}));
  CHECK(value_of(both, "rpm") == 100);
  CHECK(value_of(both, "tpm") == 20'000);
  const auto short_window = deduced(windows({5, 10, 1000}, refusal_window{5, 10, 4000}));
  CHECK(value_of(short_window, "rpm") == 120);
}

TEST_CASE(
    "where usage does not tell the prompts' tokens there is a limit of requests, which says so") {
  struct row {
    refusal_window first, longer;
    const char* how;
  };
  const char* const untold =
      "counted: 80 requests admitted in 4 s of refusals; its usage does not "
      "tell the prompts' tokens";
  const char* const by_length = "of prompts as long as these: of longer ones another number";
  const row table[] = {
      {{4, 80, 1200}, {4, 80, 1200}, untold},      // a constant 10 and 5
      {{4, 80, 40'000}, {4, 78, 41'000}, untold},  // the answers' alone, by chance a little longer
      {{4, 80, 0}, {4, 80, 0}, untold},            // nothing
      {{4, 80, 1200}, {4, 60, 900}, by_length},    // a quota of the tokens that it does not tell
      {{4, 80, 1200}, {4, 20, 300}, by_length},   {{4, 80, 0}, {4, 20, 0}, by_length},
  };
  for (const row& one : table) {
    const auto found = deduced(windows(one.first, one.longer));
    CAPTURE(one.longer.admitted);
    CHECK(value_of(found, "rpm") == 1200);
    CHECK_FALSE(value_of(found, "tpm"));
    CHECK(found[0].how.find(one.how) != std::string::npos);
  }
}

TEST_CASE("whatever two windows saw, a limit is deduced") {
  for (std::uint64_t admitted = 1; admitted <= 200; ++admitted) {
    for (const double each : {0.0, 10.0, 12.9, 15.0, 20.0, 40.0}) {
      const double tokens = each * static_cast<double>(admitted);
      CAPTURE(admitted);
      CAPTURE(each);
      CHECK_FALSE(deduced(windows({60, 100, 1000}, refusal_window{60, admitted, tokens})).empty());
    }
  }
}

TEST_CASE("one window alone does not tell which, and says so; an empty one tells nothing") {
  const auto one = deduced(windows({60, 100, 10'000}, {}));
  CHECK(value_of(one, "rpm") == 100);
  CHECK(one[0].how.find("it may be a quota of tokens") != std::string::npos);
  CHECK(deduced(windows({60, 0, 0}, {})).empty());
  CHECK(deduced({}).empty());
  CHECK(limits_block({}).empty());
}

TEST_CASE("the best concurrency is the least that has nearly the highest rate") {
  CHECK(best_concurrency({{1, 10, 0.1}, {2, 20, 0.1}, {4, 38, 0.1}, {8, 39, 0.2}})->value == 4);
  CHECK(best_concurrency({{1, 10, 0.1}})->value == 1);
  CHECK_FALSE(best_concurrency({}));
  CHECK_FALSE(best_concurrency({{1, 0, 0}}));
}

TEST_CASE("a quota needs no more in flight than what it lets through") {
  seen_limits seen = windows({60, 120, 12'000}, refusal_window{60, 120, 48'000});
  seen.levels = {{1, 2, 0.5}, {2, 4, 0.5}, {4, 8, 0.5}, {8, 16, 0.5}};
  CHECK(value_of(deduced(seen), "concurrency") == 2);  // 2/s of half a second, twice
  seen.levels = {{1, 2, 0.5}};
  CHECK(value_of(deduced(seen), "concurrency") == 1);
}

TEST_CASE(
    "the block is YAML as an entry of models: has it, rounded down, each line with how it was "
    "found") {
  const std::string text = limits_block({{"rpm", 599.9, "counted"}, {"tpm", 2.5, "told"}});
  CHECK(text ==
        "    limits:\n      rpm: 599              # counted\n      tpm: 2.5              # told\n");
}
