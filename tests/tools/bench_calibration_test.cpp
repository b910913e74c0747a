#include "tools/bench_calibration.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort::tools;
using namespace retort::test;
using retort::engine::trial_result;

namespace {

std::vector<trial_result> three_trials() {
  std::vector<trial_result> out(3);
  for (int i = 0; i < 700; ++i) {
    auto one = timed_answer(i, 0.5, 1, 5);
    out[0].measured.add(one, {});
    out[2].measured.add(one, {});
    one.scheduled = at_ms(i - 0.25);
    out[1].measured.add(one, {});
  }
  out[1].load.rule = retort::engine::arrival_rule{1000};
  out[2].conduct.cpu = std::chrono::milliseconds(35);
  out[2].conduct.steady = std::chrono::milliseconds(70);
  return out;
}

}  // namespace

TEST_CASE("a calibration is the floor of times, the lag and the highest rate with its cost") {
  const calibrated_side side = side_of("plain", three_trials());
  CHECK(*side.ttft_p50 == doctest::Approx(0.5).epsilon(0.01));
  CHECK(*side.e2e_p99 == doctest::Approx(1).epsilon(0.01));
  CHECK(*side.lag_p99 == doctest::Approx(0.25).epsilon(0.01));
  CHECK_FALSE(side.loop_lag_p99);
  CHECK(*side.cpu_us_per_request == doctest::Approx(50));
  CHECK(side.cpu_share == doctest::Approx(0.5));
  const std::string text = calibration_text({side, side});
  CHECK(text.find("too few") != text.npos);
  CHECK(text.find("  CPU of a request us") != text.npos);
  const std::string json = calibration_json({side});
  CHECK(json.starts_with(calibration_json_begin));
  CHECK(json.find("\"loop_lag_p99_ms\"") == json.npos);
}

TEST_CASE("the client calibrates itself against the mock, and asks nobody else") {
  const rehearsal all(1);
  const outcome left = finish(all.start({"bench", "--calibrate", "--json", "own.json"}));
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(left.output.find("as fast as may be: req/s") != left.output.npos);
  const std::string json = all.content("own.json");
  CHECK(json.find("\"plain\":{\"ttft_p50_ms\":") != json.npos);
  CHECK(json.find("\"tls\":{\"ttft_p50_ms\":") != json.npos);
  CHECK(json.find("\"cpu_us_per_request\":") != json.npos);
  CHECK(all.seen().requests == 0);
  CHECK(finish(all.start({"bench", "--calibrate", "--rate", "5"})).status == 2);
}
