#include "engine/record/progress_metrics.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("Prometheus is told everything, under the run's name") {
  progress_snapshot at;
  at.total = 2000;
  at.accepted = 900;
  at.rejected = 90;
  at.failed = 10;
  at.requests = 1007;
  at.retries = 7;
  at.input_tokens = 5;
  at.output_tokens = 6;
  at.in_flight = 32;
  at.usd = 0.5;
  at.elapsed = std::chrono::seconds(50);
  at.bound_by = "request quota";
  const std::string text = progress_metrics(at, "gsm8k");
  for (const char* line :
       {"# TYPE retort_samples gauge", "retort_samples{run=\"gsm8k\",verdict=\"accepted\"} 900",
        "retort_samples{run=\"gsm8k\",verdict=\"rejected\"} 90",
        "retort_samples{run=\"gsm8k\",verdict=\"failed\"} 10",
        "retort_samples_expected{run=\"gsm8k\"} 2000", "# TYPE retort_requests_total counter",
        "retort_requests_total{run=\"gsm8k\"} 1007", "retort_retries_total{run=\"gsm8k\"} 7",
        "retort_tokens_total{run=\"gsm8k\",direction=\"input\"} 5",
        "retort_tokens_total{run=\"gsm8k\",direction=\"output\"} 6",
        "retort_in_flight{run=\"gsm8k\"} 32", "retort_usd_total{run=\"gsm8k\"} 0.5",
        "retort_usd_expected{run=\"gsm8k\"} 1", "retort_elapsed_seconds{run=\"gsm8k\"} 50",
        "retort_stopping{run=\"gsm8k\"} 0", "retort_bound{run=\"gsm8k\",by=\"request quota\"} 1"}) {
    CAPTURE(line);
    CHECK(("\n" + text).find("\n" + std::string(line) + "\n") != std::string::npos);
  }
}

TEST_CASE("what is not known is no figure of Prometheus either") {
  const std::string text = progress_metrics({}, "r");
  CHECK(text.find("usd") == std::string::npos);
  CHECK(text.find("expected") == std::string::npos);
  CHECK(text.find("retort_bound") == std::string::npos);
}

TEST_CASE("a run's name is a label's value, whatever is in it") {
  CHECK(progress_metrics({}, "a\"b\\c\nd").find("{run=\"a\\\"b\\\\c d\"} 0\n") !=
        std::string::npos);
}
