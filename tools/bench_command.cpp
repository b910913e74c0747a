#include "tools/bench_command.hpp"

#include <cstdio>

#include "engine/bench/bench.hpp"
#include "io/base/console.hpp"
#include "tools/bench_compare.hpp"
#include "tools/bench_display.hpp"
#include "tools/bench_limits.hpp"
#include "tools/bench_output.hpp"
#include "tools/calibrate_command.hpp"
#include "tools/embedded_mocks.hpp"
#include "tools/run_command.hpp"

namespace retort::tools {
namespace {

using engine::bench_options;
using engine::bench_status;

int report(const bench_flags& flags, const engine::bench_result& result,
           const bench_options& options) {
  if (auto written = write(flags, result, options); !written) {
    return refuse_output(written.error());
  }
  if (!result.reason.empty()) io::print_line(stderr, "retort: " + result.reason);
  return static_cast<int>(result.status);
}

}  // namespace

int bench_command(const bench_flags& flags) {
  if (!flags.compare.empty()) return compare_benchmarks(flags);
  if (flags.calibrate) return calibrate_command(flags.json);
  auto options = options_of(flags);
  if (!options) return refuse(options.error());
  auto config = config_of(flags, *options);
  if (!config) return refuse(config.error());
  if (auto fit = make_place(flags); !fit) return refuse_output(fit.error());
  auto mocks = start_mocks(*config);
  if (!mocks) return refuse(mocks.error());
  if (flags.find_limits) return find_limits_command(flags, *config, *options, mocks->providers);
  engine::bench_events events;
  bench_display display;
  events.say = [&](const std::string& line) { display.say(line); };
  events.progress = [&](const engine::trial_progress& at) { display.show(at); };
  events.interval = display.interval();
  auto result = engine::bench(*config, *options, mocks->providers, events);
  display.finish();
  if (!result) return refuse_output(result.error());
  return report(flags, *result, *options);
}

}  // namespace retort::tools
