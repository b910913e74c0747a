#include "engine/look/comparison.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "engine/look/rightness.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

// A run whose one evaluator that decides is called numeric.
run_facts facts(const std::string& n) {
  run_facts of;
  of.config["samples.n"] = n;
  of.evaluators.push_back({0, "numeric", "numeric", 1, true});
  of.variants.push_back({0, 0, "", "openai", "m", "", price{1, 0, 2}, {}});
  return of;
}

sample said(std::uint64_t ordinal, std::uint32_t k, const std::string& found, bool right) {
  sample made = test::answered(ordinal, found);
  made.key.k = k;
  made.evaluations = {{.name = "numeric", .score = right ? 1.0 : 0.0, .detail = found}};
  if (!right) made.rejected = reject_reason::incorrect;
  made.completion.usage = {.input = 10, .output = 5};
  made.latency_us = 2'000'000;
  return made;
}

struct runs_on_disk {
  test::temporary_directory root;
  std::vector<found_run> runs;

  void add(const std::vector<sample>& samples, run_facts of = facts("1")) {
    const std::string name = fmt::format("run{}", runs.size());
    std::filesystem::create_directory(root.path() + "/" + name);
    root.file(name + "/ledger.jsonl", test::ledger_of(samples));
    found_run made;
    made.where.path = root.path() + "/" + name;
    made.name = name;
    made.facts = std::move(of);
    runs.push_back(std::move(made));
  }
  comparison compare() const {
    auto made = compare_runs(runs);
    REQUIRE_MESSAGE(made.has_value(), made.error().message);
    return std::move(*made);
  }
};

}  // namespace

TEST_CASE("a run's row counts answers, who was right, what they used and cost") {
  runs_on_disk all;
  all.add({said(0, 0, "1", true), said(1, 0, "9", false), said(2, 0, "3", true),
           test::failed(3, providers::failure_kind::timeout),
           test::failed(4, providers::failure_kind::bad_request)});
  const comparison made = all.compare();
  REQUIRE(made.rows.size() == 1);
  const compared& row = made.rows[0];
  CHECK(row.label == "m");
  CHECK(row.accepted == 2);
  CHECK(row.rejected == 1);
  CHECK(row.failed == 2);
  CHECK(row.accuracy->value == doctest::Approx(2.0 / 3));
  CHECK(row.acceptance->value == doctest::Approx(2.0 / 3));
  CHECK(row.output_tokens->value == 5);
  CHECK(row.latency_p50_s == doctest::Approx(2));
  CHECK(row.usd->value == doctest::Approx(20e-6));
  CHECK(row.usd_per_accepted == doctest::Approx(30e-6));
  CHECK(row.pass.empty());
  CHECK(made.pairs.empty());
}

TEST_CASE("two runs are held against each other on the rows that both have") {
  runs_on_disk all;
  std::vector<sample> first, other;
  for (std::uint64_t i = 0; i < 10; ++i) first.push_back(said(i, 0, "x", i >= 5));
  for (std::uint64_t i = 2; i < 20; ++i) other.push_back(said(i, 0, "x", true));
  all.add(first);
  all.add(other);
  const comparison made = all.compare();
  REQUIRE(made.pairs.size() == 1);
  CHECK(made.pairs[0].records == 8);
  CHECK(made.pairs[0].better == 3);
  CHECK(made.pairs[0].worse == 0);
  CHECK(made.pairs[0].p == doctest::Approx(0.25));
  CHECK(made.pairs[0].difference->value == doctest::Approx(3.0 / 8));
  CHECK_FALSE(made.pairs[0].by_acceptance);
}

TEST_CASE("runs without a record in common say so, and those without evaluators go by acceptance") {
  runs_on_disk all;
  all.add({said(0, 0, "1", true)}, {});
  all.add({said(1, 0, "1", true)});
  const comparison made = all.compare();
  REQUIRE(made.pairs.size() == 1);
  CHECK(made.pairs[0].records == 0);
  CHECK(made.pairs[0].by_acceptance);
  CHECK_FALSE(made.pairs[0].difference.has_value());
}

TEST_CASE("several answers to a record have pass@k and maj@k, whatever the ledger's order") {
  runs_on_disk all;
  all.add({said(0, 2, "7", true), said(0, 0, "3", false), said(0, 1, "7", true),
           said(1, 0, "4", true), said(1, 1, "5", false), said(1, 2, "5", false)},
          facts("3"));
  const comparison made = all.compare();
  const compared& row = made.rows[0];
  using list = at_k;
  REQUIRE(row.pass.size() == 3);  // 1, 2 and 3
  CHECK(row.pass[0].second == doctest::Approx((2.0 / 3 + 1.0 / 3) / 2));
  CHECK(row.pass[1].second == doctest::Approx((1 + (1 - 1.0 / 3)) / 2));
  CHECK(row.pass[2].second == 1);
  // One answer: 3 is wrong, 4 right; of two the first that came; of three 7 twice, 5 twice.
  CHECK(row.majority == list{{1, 0.5}, {2, 0.5}, {3, 0.5}});
}

TEST_CASE("a judge that was not asked does not make a wrong answer unknown") {
  run_facts of = facts("1");
  of.evaluators.push_back({0, "judge", "judge", 0.5, true});
  const rightness how{std::optional(of)};
  sample one = said(0, 0, "1", false);
  CHECK(how.of(one) == false);
  one = said(0, 0, "1", true);
  CHECK_FALSE(how.of(one).has_value());
  one.evaluations.push_back({.name = "judge", .score = 0.5});
  CHECK(how.of(one) == true);
  one.evaluations.back().score.reset();
  CHECK_FALSE(how.of(one).has_value());
}

TEST_CASE("an unscored answer is neither right nor wrong, in whatever is said") {
  const auto unscored = [](std::uint64_t ordinal, std::uint32_t k) {
    sample one = said(ordinal, k, "?", false);
    one.evaluations[0].score.reset();
    one.rejected = reject_reason::unscored;
    return one;
  };
  runs_on_disk all;
  all.add({said(0, 0, "1", true), unscored(0, 1), said(1, 0, "2", true), said(1, 1, "9", false),
           unscored(2, 0), unscored(2, 1)},
          facts("2"));
  all.add({unscored(0, 0), said(1, 0, "2", true), said(2, 0, "3", true)});
  const comparison made = all.compare();
  const compared& row = made.rows[0];
  CHECK(row.accuracy->value == doctest::Approx(2.0 / 3));
  REQUIRE(row.pass.size() == 2);
  CHECK(row.pass[0].second == doctest::Approx((1 + 0.5) / 2));
  CHECK(row.pass[1].second == 1);
  CHECK(row.majority == at_k{{1, 1}, {2, 1}});
  REQUIRE(made.pairs.size() == 1);
  CHECK(made.pairs[0].records == 1);
  CHECK(made.pairs[0].better == 1);
  CHECK(made.pairs[0].worse == 0);
}

TEST_CASE("what an accepted answer cost is not known where one answer does not tell its usage") {
  runs_on_disk all;
  sample untold = said(1, 0, "2", true);
  untold.completion.usage = {};
  all.add({said(0, 0, "1", true), untold});
  const comparison made = all.compare();
  CHECK(made.rows[0].usd->value == doctest::Approx(20e-6));
  CHECK_FALSE(made.rows[0].usd_per_accepted.has_value());
}

TEST_CASE("a last step's accepted answers cost what the earlier steps did, too") {
  run_facts of = facts("1");
  of.evaluators[0].step = 1;
  of.variants.push_back({1, 0, "b", "openai", "m", "", price{1, 0, 2}, {}});
  runs_on_disk all;
  std::vector<sample> samples{said(0, 0, "1", true), said(1, 0, "9", true), said(0, 0, "1", true),
                              said(1, 0, "9", false)};
  samples[0].step = samples[1].step = "a", samples[2].step = samples[3].step = "b";
  samples[2].key.step = samples[3].key.step = 1;
  all.add(samples, of);
  const comparison made = all.compare();
  REQUIRE(made.rows.size() == 2);
  CHECK_FALSE(made.rows[0].usd_per_accepted.has_value());
  CHECK(made.rows[1].usd_per_accepted == doctest::Approx(80e-6));
}

TEST_CASE("a run that asks further models of what is left says so") {
  runs_on_disk all;
  run_facts of = facts("1");
  of.config["escalate"] = "true";
  all.add({said(0, 0, "1", true)}, of);
  CHECK(all.compare().escalates);
}
