#include "engine/report/report_page.hpp"

#include <doctest/doctest.h>

#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

constexpr char attack[] =
    "</pre><script>alert(1)</script>\u202e\x1b[31m \ufffe <img src=x onerror=1>";
constexpr char broken[] = "a\xc3(b";  // no line of a ledger holds such: it is JSON

sample hostile(std::uint64_t ordinal) {
  sample one = test::answered(ordinal, attack);
  one.id = attack;
  one.messages[0].content = attack;
  one.reference = attack;
  one.completion.reasoning = attack;
  one.completion.model = attack;
  one.evaluations = {{.name = attack, .score = 1, .detail = attack}};
  one.finished_at_ms = 1'700'000'000'000;
  one.latency_us = 1000;
  one.attempts = 2;
  return one;
}

struct run_to_report {
  test::temporary_directory root;
  found_run of;

  explicit run_to_report(const std::vector<sample>& samples) {
    root.file("ledger.jsonl", test::ledger_of(samples));
    of.where.path = root.path();
    of.name = attack;
  }
  report_data read() const {
    auto made = read_report(of);
    REQUIRE_MESSAGE(made.has_value(), made.error().message);
    return std::move(*made);
  }
  std::string page() const { return report_page(of, read()); }
};

}  // namespace

TEST_CASE("nothing that a model, a dataset or a name says is anything but text in a report") {
  run_to_report run({hostile(0), test::rejected(hostile(1), reject_reason::incorrect)});
  run.of.facts.emplace();
  run.of.facts->run = attack;
  run.of.facts->reason = std::string(attack) + broken;
  run.of.facts->ended_ms = 1;
  run.of.facts->config[attack] = attack;
  run.of.facts->variants.push_back({0, 0, attack, attack, attack, "", {}, {}});
  const std::string page = run.page();
  for (const char* bad : {"<script", "<img", "\u202e", "\x1b", "\xc3(", "onerror=1>"}) {
    CAPTURE(bad);
    CHECK(page.find(bad) == std::string::npos);
  }
  CHECK(page.find("&lt;script&gt;alert(1)") != std::string::npos);
  CHECK(simdjson::validate_utf8(page.data(), page.size()));
  CHECK(page.starts_with(report_mark));
  CHECK(page.find("http") == page.find("http-equiv"));  // and nothing is fetched
}

TEST_CASE("a report counts each sample once, as its last word was") {
  std::vector<sample> all;
  for (std::uint64_t i = 0; i < 20; ++i) all.push_back(test::answered(i, "yes"));
  all.push_back(test::failed(20, providers::failure_kind::timeout));
  all.push_back(test::failed(21, providers::failure_kind::timeout));
  all.push_back(test::answered(20, "at last"));
  all.push_back(test::rejected(test::answered(22, "no"), reject_reason::incorrect));
  const report_data made = run_to_report(all).read();
  CHECK(made.accepted == 21);
  CHECK(made.failed == 1);
  CHECK(made.rejected.all() == 1);
  CHECK(made.samples.at("accepted").size() == samples_shown);
  REQUIRE(made.samples.at("failed: timeout").size() == 1);  // the other one came out well
  CHECK(made.samples.at("failed: timeout")[0].id == "q21");
  CHECK(made.samples.at("rejected: incorrect").size() == 1);
  CHECK(made.lengths.count() == 22);
}

TEST_CASE("which samples are shown does not depend on the order of the ledger") {
  std::vector<sample> all;
  for (std::uint64_t i = 0; i < 50; ++i) all.push_back(test::answered(i, "yes"));
  const auto ids = [](const report_data& of) {
    std::vector<std::string> out;
    for (const auto& one : of.samples.at("accepted")) out.push_back(one.id);
    return out;
  };
  const auto one = ids(run_to_report(all).read());
  std::ranges::reverse(all);
  CHECK(one == ids(run_to_report(all).read()));
}

TEST_CASE("an empty ledger has a report, which says so") {
  const std::string page = run_to_report({}).page();
  CHECK(page.find("From records to accepted") != std::string::npos);
  CHECK(page.find("nan") == std::string::npos);
}

TEST_CASE("long texts are cut between characters") {
  std::string longest;
  for (int i = 0; i < 5000; ++i) longest += "ä";
  const report_data made = run_to_report({test::answered(0, longest)}).read();
  const std::string& shown = made.samples.at("accepted")[0].completion;
  CHECK(shown.size() < 5000);
  CHECK(simdjson::validate_utf8(shown.data(), shown.size()));
}

TEST_CASE("tokens are averaged over the answers that tell them, times over those that have one") {
  std::vector<sample> all;
  for (std::uint64_t i = 0; i < 4; ++i) {
    sample one = test::answered(i, i == 0 ? "" : "yes");
    if (i < 2) one.completion.usage = {.input = 30, .output = 10};
    if (i == 0) one.latency_us = 2'000'000;
    all.push_back(one);
  }
  const run_to_report run(all);
  const report_data made = run.read();
  CHECK(made.latency_us.count() == 1);
  CHECK(made.variants.at({0, 0}).latency_us.count() == 1);
  const std::string page = run.page();
  CHECK(page.find("<td>30.0</td><td>10.0</td><td>2.00 s</td>") != std::string::npos);
  CHECK(page.find("0: 1<") != std::string::npos);  // an answer of no character
}

TEST_CASE("what earlier steps hand on is not among the accepted of a report") {
  std::vector<sample> all{test::answered(0, "a"), test::answered(1, "a"), test::answered(0, "b")};
  for (sample& one : all) one.step = "a";
  all[2].step = "b", all[2].key.step = 1;
  run_to_report run(all);
  CHECK(run.read().accepted == 1);
  CHECK(run.read().handed_on == 2);
  CHECK(run.read().all() == 3);
  all.pop_back();  // it ended before its last step
  run_to_report early(all);
  early.of.facts.emplace();
  early.of.facts->variants.push_back({1, 0, "b", "", "m", "", {}, {}});
  CHECK(early.read().accepted == 0);
}
