#include "tools/calibrate_command.hpp"

#include <fmt/format.h>

#include <chrono>

#include "engine/bench/bench.hpp"
#include "io/base/console.hpp"
#include "tools/bench_calibration.hpp"
#include "tools/bench_output.hpp"
#include "tools/embedded_mocks.hpp"
#include "tools/run_command.hpp"

namespace retort::tools {
namespace {

using engine::bench_options;
using engine::bench_status;

// Of each load: enough for a p99, at a rate that any machine keeps.
constexpr std::chrono::seconds each_lasts{2};
constexpr double scheduled_rate = 1000;
constexpr std::uint64_t most_at_once = 64;

// An answer of 20 tokens, all of it at once.
result<engine::config> mocked(bool is_plain) {
  return engine::parse_config(
      fmt::format(
          "run: calibration\ndataset: {{generate: 1}}\nprompt: {{user: \"-\"}}\n"
          "models:\n  - {{provider: mock, model: mock, timeout_s: 60, mock: {{answer: text, "
          "output_tokens: 20{}}}}}\n",
          is_plain ? ", plain: true" : ""),
      "--calibrate", {});
}

bench_options options_for(engine::load_level load) {
  bench_options out;
  out.loads = {load};
  out.duration = each_lasts;
  out.warm_up = most_at_once;
  out.cool_down = 0;
  out.input = engine::length_rule{64, 0};
  out.watches_server = false;
  return out;
}

std::vector<bench_options> calibrating_loads() {
  using engine::arrival_pattern;
  using engine::arrival_rule;
  return {options_for({.concurrency = 1}),
          options_for({.rule = arrival_rule{scheduled_rate, arrival_pattern::constant, 1}}),
          options_for({.concurrency = most_at_once})};
}

error not_calibrated(const engine::bench_result& of) {
  return {errc::usage, "--calibrate: " + of.reason};
}

// A signal ends it without figures.
result<calibrated_side> calibrated(std::string_view name, bool is_plain, bench_status& status) {
  const auto config = mocked(is_plain);
  if (!config) return config.error();
  const auto mocks = start_mocks(*config);
  if (!mocks) return mocks.error();
  std::vector<engine::trial_result> trials;
  for (const bench_options& one : calibrating_loads()) {
    io::print_line(stderr, fmt::format("bench: {}, {}", name, text_of(one.loads.front())));
    auto seen = engine::bench(*config, one, mocks->providers, {});
    if (!seen) return seen.error();
    const bool is_cut = seen->status == bench_status::cut_short;
    if (is_cut || seen->trials.empty() || seen->trials.front().measured.successes == 0) {
      status = is_cut ? bench_status::cut_short : bench_status::nothing_measured;
      return not_calibrated(*seen);
    }
    trials.push_back(std::move(seen->trials.front()));
  }
  return side_of(name, trials);
}

}  // namespace

int calibrate_command(const std::string& json) {
  if (auto fit = make_json_place(json, calibration_json_begin); !fit) return refuse(fit.error());
  std::vector<calibrated_side> sides;
  auto status = bench_status::bad_input;
  for (const bool is_plain : {true, false}) {
    auto side = calibrated(is_plain ? "plain" : "tls", is_plain, status);
    if (!side) {
      refuse(side.error());
      return static_cast<int>(status);
    }
    sides.push_back(std::move(*side));
  }
  if (json != "-") {
    if (auto printed = print_out(calibration_text(sides)); !printed) {
      return refuse_output(printed.error());
    }
  }
  if (json.empty()) return 0;
  const auto put = put_json(json, calibration_json(sides));
  return put ? 0 : refuse_output(put.error());
}

}  // namespace retort::tools
