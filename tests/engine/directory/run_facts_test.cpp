#include "engine/directory/run_facts.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

config of_two_models() {
  config run;
  run.run = "a";
  run.prompt.user = "{{question}}";
  run.models.resize(2);
  run.models[0].provider = "openai";
  run.models[0].model = "gpt-5.6-luna-2026-07-09";
  run.models[1].provider = "mock";
  run.models[1].model = "fake-model";
  run.models[1].price = price{1, 0.5, 2};
  run.evaluate.push_back({.kind = "numeric"});
  run.evaluate.push_back({.kind = "refusal", .name = "polite", .threshold = 0.5});
  return run;
}

}  // namespace

TEST_CASE("a run's facts are read as they were written") {
  run_facts was = facts_of(of_two_models());
  was.state = "stopped";
  was.reason = "SIGTERM \"now\"";
  was.records = 12;
  was.dataset_fingerprint = 0xfedcba9876543210;
  was.first_began_ms = 1, was.began_ms = 2, was.ended_ms = 3;
  was.ledger_bytes = 99;
  was.accepted = 4, was.handed_on = 3, was.failed = 2, was.rejected[reject_reason::too_short] = 7;
  was.variants[0].asked = {{10, 3, 5, 4}, {{"gpt-5.6-luna-2026-07-09", 4}}, {{"default", 4}}};
  was.variants[0].values =
      R"({"sampling.temperature":0.3,"sampling.extra":{"a":123456789012345678901234567890}})";
  const auto read = decode_facts(encode(was), "summary.json");
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  CHECK(encode(*read) == encode(was));
  CHECK(read->dataset_fingerprint == was.dataset_fingerprint);
  CHECK(read->variants[0].asked.models.at("gpt-5.6-luna-2026-07-09") == 4);
  CHECK(read->evaluators[1].threshold == 0.5);
}

TEST_CASE("the facts name prices, and who decides") {
  const run_facts of = facts_of(of_two_models());
  REQUIRE(of.variants.size() == 2);
  CHECK(of.variants[0].costs.has_value());  // the table's, whatever the date
  CHECK(of.variants[1].costs == price{1, 0.5, 2});
  CHECK(of.variants[1].provider == "mock");
  REQUIRE(of.evaluators.size() == 2);
  CHECK(of.evaluators[0].decides);
  CHECK(of.evaluators[1].name == "polite");
  CHECK_FALSE(of.evaluators[1].decides);
}

TEST_CASE("what a run cost is known where every price is that was used") {
  run_facts of = facts_of(of_two_models());
  of.variants[1].asked.used = {1'000'000, 500'000, 1'000'000};
  CHECK(*of.usd() == doctest::Approx(0.5 * 1 + 0.5 * 0.5 + 2));
  of.variants[1].costs->cache_write = 4;
  of.variants[1].asked.used.cache_written = 100'000;
  CHECK(*of.usd() == doctest::Approx(0.4 * 1 + 0.1 * 4 + 0.5 * 0.5 + 2));
  of.variants[0].costs.reset();
  CHECK(of.usd().has_value());  // it was not asked
  of.variants[0].asked.used = {1, 0, 1};
  CHECK_FALSE(of.usd().has_value());
}

TEST_CASE("the hash is that of what shapes the run, and of nothing else") {
  config run = of_two_models();
  const std::string hash = facts_of(run).config_hash;
  run.grace_s = 1;
  run.models[0].limits.concurrency = 7;
  CHECK(facts_of(run).config_hash == hash);
  run.sampling.temperature = 0.1;
  CHECK(facts_of(run).config_hash != hash);
}

TEST_CASE("a summary that is none is said to be so") {
  for (const char* text : {"", "{}", "[]", "{\"retort_summary\":2}"}) {
    const auto read = decode_facts(text, "x/summary.json");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().message == "x/summary.json is not a summary of this retort");
  }
}

TEST_CASE("what was paid beside the answers is kept, and told from their tokens' cost") {
  run_facts of = facts_of(of_two_models());
  of.variants[1].asked.used = {1'000'000, 0, 1'000'000};  // 3 USD
  of.spent_usd = 5;                                       // with attempts that gave no answer
  of.ended_ms = 1;
  CHECK(of.usd() == 5);
  CHECK(usd_besides(of, of) == 2);
  const auto read = decode_facts(encode(of), "summary.json");
  REQUIRE(read.has_value());
  CHECK(read->usd() == 5);
  run_facts dearer = of;  // by other prices they come to more
  dearer.variants[1].costs = price{2, 1, 2};
  CHECK(usd_besides(of, dearer) == 1);
  ledger_account all;  // where the run ended before its fold had come to all that it had paid for
  all.variants[{0, 1}].used = {2'000'000, 0, 1'000'000};
  take_account(all, of);
  CHECK(of.usd() == 5);
  CHECK(usd_besides(of, of) == 1);
  of.ended_ms = 0;  // one that was killed has not said
  CHECK_FALSE(decode_facts(encode(of), "summary.json")->spent_usd.has_value());
}

TEST_CASE("a judge that the config has no more was paid, by the dearest price there is") {
  run_facts of = facts_of(of_two_models());
  of.variants[0].costs = price{4, 1, 1, 5};
  ledger_account used;
  used.variants[{0, 1}].used = {1'000'000, 0, 1'000'000};  // 3 USD
  used.judges[{0, "judge"}] = {1'000'000, 0, 1'000'000};
  for (int i = 0; i < 2; ++i) {
    take_account(used, of);
    REQUIRE(of.judges.size() == 1);
    CHECK(of.judges[0].costs == price{4, 1, 2, 5});
    CHECK(of.asked_usd() == 9);
  }
  of.spent_usd = 10;
  CHECK(usd_besides(of, facts_of(of_two_models())).has_value());
  CHECK(usd_besides(of, of) == 1);
}
