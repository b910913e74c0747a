#include "engine/bench_page/bench_page.hpp"

#include <doctest/doctest.h>

#include "engine/bench_page/load_curve.hpp"
#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;

namespace {

bool says(const std::string& text, std::string_view what) { return text.find(what) != text.npos; }

trial_result trial_of(std::uint64_t concurrency, double e2e) {
  trial_result one;
  one.endpoint = "http://a/v1";
  one.model = "m";
  one.load.concurrency = concurrency;
  const auto lanes = static_cast<int>(concurrency);
  for (int i = 0; i < 64; ++i) {
    measurement each = timed_answer(i / lanes * e2e, e2e / 4, e2e, 5);
    each.is_streamed = true;
    one.measured.add(each, {});
    one.over_time.add(each);
  }
  return one;
}

bench_result sweep() {
  bench_result out;
  out.trials = {trial_of(1, 100), trial_of(4, 110), trial_of(16, 600)};
  return out;
}

}  // namespace

TEST_CASE("the page has each load, the knee and the charts, and is whole") {
  const std::string page = bench_page(sweep(), {});
  CHECK(page.starts_with(bench_page_mark));
  CHECK(page.ends_with("</main></body></html>\n"));
  for (const char* what :
       {"Benchmark of m at http://a/v1", "VALID: the figures", "concurrency 16",
        "Time to first content, ms, against concurrency", "class=\"knee\"", ">knee<",
        "Whole answer (e2e)", "Requests in flight", "Nothing: each trial is VALID", "too few"}) {
    CAPTURE(std::string(what));
    CHECK(says(page, what));
  }
  CHECK(knee_text(sweep(), 0) == "concurrency 4");
}

TEST_CASE("what speaks against the figures is on the page, and no foreign text is markup") {
  bench_result out = sweep();
  out.status = bench_status::degraded;
  out.reason = "DEGRADED <b>";
  out.notes = {"a note & more"};
  out.trials[0].model = "<script>alert(1)</script>";
  out.trials[0].endpoint = "\"><img src=x>";
  out.trials[1].against = {"the loop was late"};
  out.trials[1].unusable = {2, "step b: <b>no"};
  out.trials[1].measured.add(timed_failure(retort::providers::failure_kind::overloaded, 529), {});
  const std::string page = bench_page(out, {});
  CHECK_FALSE(says(page, "<script"));
  CHECK_FALSE(says(page, "<img"));
  CHECK_FALSE(says(page, "DEGRADED <b>"));
  CHECK(says(page, "&lt;script&gt;"));
  CHECK(says(page, "the loop was late"));
  CHECK(says(page, "1 failed by overloaded 529: no"));
  CHECK(says(page, "2 answers could not be used by the next turn: step b: &lt;b&gt;no"));
  CHECK(says(page, "a note &amp; more"));
  CHECK(says(page, "Failed requests, a second"));
}

TEST_CASE("accuracy and the server's own metrics stand beside the times, where there are any") {
  bench_result out = sweep();
  CHECK_FALSE(says(bench_page(out, {}), "id=\"beside\""));
  out.trials[1].correctness.emplace();
  out.trials[1].correctness->right = 3;
  out.trials[1].correctness->wrong = 1;
  out.trials[2].server.emplace();
  out.trials[2].server->add({"vLLM", 4.0, 1.0, 0.25, std::nullopt});
  const std::string page = bench_page(out, {});
  CHECK(says(page, "id=\"beside\""));
  CHECK(says(page, "accuracy: 75.0 % right"));
  CHECK(says(page, "server: vLLM, 1 sample"));
}

TEST_CASE("one load has no curve, repeated runs are one point, and nothing measured is said") {
  bench_result single;
  single.trials = {trial_of(4, 100)};
  CHECK(load_charts(single).empty());
  CHECK_FALSE(says(bench_page(single, {}), "id=\"curve\""));
  bench_result runs;
  runs.trials = {trial_of(4, 100), trial_of(8, 100), trial_of(4, 300), trial_of(8, 300)};
  const std::string charts = load_charts(runs);
  CHECK(says(charts, "concurrency 4: p50 200 ms"));
  CHECK(says(bench_page({}, {}), "Nothing was measured."));
}

TEST_CASE("endpoints have charts and names of their own") {
  bench_result out = sweep();
  for (const std::uint64_t load : {1, 4}) {
    out.trials.push_back(trial_of(load, 50));
    out.trials.back().place = 1;
    out.trials.back().endpoint = "http://b/v1";
  }
  const std::string page = bench_page(out, {});
  CHECK(says(page, "Benchmark of several endpoints"));
  CHECK(says(page, "against concurrency, http://b/v1 m"));
  CHECK(says(page, "http://b/v1 m, concurrency 4"));
}
