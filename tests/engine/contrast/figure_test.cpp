#include "engine/contrast/figure.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("a stated limit names a figure and how much worse it may be") {
  const auto all =
      parse_limits("ttft_p95=+10%, requests_per_s=-5%,e2e_p99.9=+1.5s,failed=+1%,tpot_mean=+3ms")
          .value();
  REQUIRE(all.size() == 5);
  CHECK(all[0].of->name == "ttft_p95");
  CHECK(all[0].relative == doctest::Approx(0.1));
  CHECK(all[1].relative == doctest::Approx(-0.05));
  CHECK(all[2].more == doctest::Approx(1500));
  CHECK(all[3].relative == doctest::Approx(0.01));
  CHECK(all[4].more == doctest::Approx(3));
}

TEST_CASE("a limit that says nothing sensible is one line with what was expected") {
  struct row {
    const char* text;
    const char* line;
  };
  const row table[] = {
      {"", "expected FIGURE=CHANGE, as in ttft_p95=+10%"},
      {"ttft_p95", "expected FIGURE=CHANGE"},
      {"tftt_p95=+10%", "is no figure; expected a metric's (ttft_p95, e2e_mean)"},
      {"tftt_p95=+10%", "did you mean \"ttft_p95\"?"},
      {"ttft_p95=10%", "is worse when it is higher; expected +10%"},
      {"ttft_p95=-10%", "is worse when it is higher; expected +10%"},
      {"requests_per_s=+5%", "is worse when it is lower; expected -10%"},
      {"ttft_p95=+10", "expected % or a time"},
      {"ttft_p95=+nan%", "expected +10%"},
      {"ttft_p95=+1e99%", "expected +10%"},
      {"requests_per_s=-5ms", "expected %"},
      {"ttft_p95=+1%,ttft_p95=+2%", "is given twice"},
      {"ttft_p95=+1%,", "expected FIGURE=CHANGE"},
  };
  for (const row& one : table) {
    CAPTURE(std::string(one.text));
    const auto parsed = parse_limits(one.text);
    REQUIRE(parsed.has_error());
    CAPTURE(parsed.error().message);
    CHECK(parsed.error().message.find(one.line) != std::string::npos);
    CHECK(parsed.error().message.starts_with("--fail-if \""));
  }
}
