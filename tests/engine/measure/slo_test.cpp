#include "engine/measure/slo.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;

namespace {

std::string problem(std::string_view text) {
  const auto parsed = parse_slos(text);
  return parsed ? "" : parsed.error().message;
}

std::vector<slo> parsed(std::string_view text) { return parse_slos(text).value(); }

bool says(const std::string& text, const char* what) { return text.find(what) != text.npos; }

}  // namespace

TEST_CASE("SLOs are metric, percentile and time") {
  const auto all =
      parsed("ttft_p95=500ms, tpot_p99.9=50us,e2e_from_schedule_p99=1.5s,e2e_p50=2min");
  REQUIRE(all.size() == 4);
  CHECK(all[0].what == metric::ttft);
  CHECK(all[0].share == 0.95);
  CHECK(all[0].limit == 500e6);
  CHECK(all[1].share == 0.999);
  CHECK(all[1].limit == 50e3);
  CHECK(all[2].what == metric::e2e_from_schedule);
  CHECK(all[2].limit == 1.5e9);
  CHECK(all[3].limit == 120e9);
  CHECK(all[3].text == "e2e_p50=2min");
}

TEST_CASE("what is no SLO is one line with what was expected, and the near miss") {
  CHECK(says(problem("tftt_p95=500ms"), "\"tftt\" is no metric; there are ttft, "));
  CHECK(says(problem("tftt_p95=500ms"), "did you mean \"ttft\"?"));
  CHECK(says(problem("ttft_p96=500ms"), "\"p96\" is no percentile; expected one of p50, p90, "));
  for (const char* time : {"500", "ms", "-1ms", "0ms", "1 h", "nanms", "infs", "1e99s", ""}) {
    CAPTURE(time);
    CHECK(says(problem(std::string("ttft_p95=") + time), "is no time; expected a number above 0"));
  }
  for (const char* text : {"", "ttft", "ttft=500ms", "p95=1s,", "ttft_p95=1s,"}) {
    CAPTURE(text);
    CHECK(says(problem(text), "expected METRIC_PERCENTILE=TIME, as in ttft_p95=500ms"));
  }
}

TEST_CASE("a percentile has one limit") {
  CHECK(problem("e2e_p95=1s,ttft_p95=1s,e2e_p95=2s") == "SLO \"e2e_p95=2s\": is given twice");
}

TEST_CASE("an SLO is kept where the bound keeps it, and missed where the percentile does") {
  log_histogram some;
  for (int i = 1; i <= 100; ++i) some.add(i * 1e6);
  const auto how = [&](const char* text) { return is_kept(parsed(text)[0], some, {100, 0}); };
  CHECK(how("e2e_p90=101ms") == kept::yes);
  CHECK(how("e2e_p90=80ms") == kept::no);
  CHECK(how("e2e_p90=91ms") == kept::unknown);  // between the two
  CHECK(how("e2e_p99=1s") == kept::unknown);    // too few
  CHECK(all_of(kept::yes, kept::yes) == kept::yes);
  CHECK(all_of(kept::yes, kept::unknown) == kept::unknown);
  CHECK(all_of(kept::unknown, kept::no) == kept::no);
  CHECK(all_of(kept::yes, kept::untold) == kept::untold);
  CHECK(all_of(kept::untold, kept::no) == kept::no);
  CHECK(name(kept::untold) == "not told");
}

TEST_CASE("a request keeps the SLOs when it has each value, and within its limit") {
  const auto slos = parsed("ttft_p95=60ms,e2e_p99=500ms");
  CHECK(keeps_all(timed_answer(0, 60, 500, 5), slos));
  CHECK_FALSE(keeps_all(timed_answer(0, 61, 500, 5), slos));
  auto without = timed_answer(0, 10, 100, 5);
  without.first_content = {};
  CHECK_FALSE(keeps_all(without, slos));
}

TEST_CASE("an SLO that does not apply to an answer is no miss of it; no answer at all is one") {
  measurement one_token = timed_answer(0, 60, 500, 1);
  one_token.is_reused = true;
  CHECK(keeps_all(one_token, parsed("tpot_p95=1us,tcp_p99=1us,wait_for_place_p50=1us")));
  CHECK_FALSE(keeps_all(measurement(), parsed("tpot_p95=1s")));
  CHECK_FALSE(
      keeps_all(timed_failure(retort::providers::failure_kind::timeout, 0), parsed("tcp_p50=1s")));
}
