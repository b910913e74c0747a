#include "tools/bench_table.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;

namespace {

trial_result trial_at(std::size_t place, int answers) {
  trial_result out;
  out.endpoint = "http://a/v1";
  out.model = "m";
  out.place = place;
  out.load.concurrency = 4;
  for (int i = 0; i < answers; ++i) out.measured.add(timed_answer(i, 10, 100, 5), {});
  return out;
}

bool says(const std::string& text, const char* what) { return text.find(what) != text.npos; }

}  // namespace

TEST_CASE("a search's result that rests on DEGRADED trials is not for certain") {
  bench_result found;
  found.trials.push_back(trial_at(0, 64));
  found.highest = {{"http://a/v1", "m", 0, load_level{.concurrency = 4}, false}};
  CHECK(says(retort::tools::bench_table(found, {}),
             "concurrency 4 is the highest load that keeps every SLO, not for certain (DEGRADED)"));
  found.highest[0].certain = true;
  CHECK(says(retort::tools::bench_table(found, {}), "keeps every SLO for certain"));
}

TEST_CASE("two entries that look alike have their places in the table") {
  bench_result both;
  for (const std::size_t place : {std::size_t{0}, std::size_t{1}}) {
    both.trials.push_back(trial_at(place, 64));
  }
  const std::string text = retort::tools::bench_table(both, {});
  CHECK(says(text, "endpoint 0: http://a/v1 m, concurrency 4"));
  CHECK(says(text, "endpoint 1: http://a/v1 m, concurrency 4"));
}

TEST_CASE("a price known, the table has what a million output tokens cost") {
  bench_result priced;
  priced.trials.push_back(trial_at(0, 64));
  CHECK_FALSE(says(retort::tools::bench_table(priced, {}), "$/M out"));
  priced.trials[0].costs = price{1, 0.1, 8};  // 10 tokens in, 5 out of each
  const std::string text = retort::tools::bench_table(priced, {});
  CHECK(says(text, "$/M out"));
  CHECK(says(text, "10.000"));
}

TEST_CASE("steps are rows by their names, and what they could not use is a line") {
  bench_result stepwise;
  trial_result one = trial_at(0, 64);
  one.turns.resize(2);
  one.steps = {"draft", "solve"};
  one.unusable = {3, "step solve: \x1b[2Jwhy"};
  stepwise.trials.push_back(one);
  const std::string text = retort::tools::bench_table(stepwise, {});
  CHECK(says(text, "\n  step "));
  CHECK(says(text, "\n  draft "));
  CHECK(says(text, "\n  solve "));
  CHECK(says(text, "\n  3 answers could not be used by the next turn: step solve: "));
  CHECK_FALSE(says(text, "\x1b"));
}

TEST_CASE("what was not measured is no table") {
  bench_result nothing;
  nothing.trials.push_back(trial_at(0, 0));
  nothing.status = bench_status::nothing_measured;
  CHECK(retort::tools::bench_table(nothing, {}) == "");
}

TEST_CASE("what a server said of itself stands beside its trial") {
  bench_result seen;
  seen.trials.push_back(trial_at(0, 64));
  CHECK_FALSE(says(retort::tools::bench_table(seen, {}), "server:"));
  seen.trials[0].server.emplace().add({"SGLang", 3, 1, 0.5, {}});
  CHECK(says(retort::tools::bench_table(seen, {}),
             "  server: SGLang, 1 sample: running 3.0 (at most 3), waiting 1.0 (at most 1), KV "
             "cache 50 %"));
}
