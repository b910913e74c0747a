#include "engine/bench/bench_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/statistics/percentile.hpp"

namespace retort::engine {
namespace {

// What one carries well.
constexpr double in_flight_of_a_loop = 1000, rate_of_a_loop = 10000;

std::uint64_t least_requests(const bench_options& options) {
  std::uint64_t least = least_samples(0.9);
  for (const slo& one : options.slos) least = std::max(least, least_samples(one.share));
  return least;
}

bool needs_stream(metric what) {
  return what == metric::ttft || what == metric::ttfot || what == metric::icl ||
         what == metric::tpot || what == metric::ttft_from_schedule;
}

bool needs_schedule(metric what) {
  return what == metric::ttft_from_schedule || what == metric::e2e_from_schedule ||
         what == metric::schedule_lag;
}

error bad_slo(const slo& one, const char* why) {
  return {errc::usage, fmt::format("SLO \"{}\": {}", one.text, why)};
}

}  // namespace

result<void> check_levels(const std::vector<load_level>& loads) {
  for (std::size_t one = 1; one < loads.size(); ++one) {
    const auto same = [&](std::size_t other) {
      return loads[other].amount() == loads[one].amount();
    };
    for (std::size_t before = 0; before < one; ++before) {
      if (!same(before)) continue;
      return error{errc::usage,
                   fmt::format("{} is given twice; --runs repeats a level", text_of(loads[one]))};
    }
  }
  return {};
}

result<void> check_search(const bench_options& options) {
  if (options.slos.empty()) {
    return error{errc::usage,
                 "--search looks for the highest load that keeps the SLOs; expected --slo"};
  }
  const bool is_range =
      options.loads.size() == 2 && options.loads[0].amount() < options.loads[1].amount();
  if (!is_range || options.runs > 1) {
    return error{errc::usage,
                 "--search goes from one load to a higher one, once, as in --concurrency 1,256"};
  }
  return {};
}

result<void> check_trace(const bench_options& options) {
  if (!options.asked.replayed) return {};
  const std::uint64_t all = options.asked.replayed->requests.size();
  const std::uint64_t besides = options.warm_up.value_or(0) + options.cool_down.value_or(0);
  const std::uint64_t wanted = besides + options.requests.value_or(1);
  if (wanted <= all) return {};
  return error{errc::usage, fmt::format("{} has {} requests, and --requests, --warmup and "
                                        "--cooldown take {}; expected that many at most",
                                        options.asked.replayed->file, all, wanted)};
}

result<void> check(const bench_options& options) {
  if (auto fit = check_levels(options.loads); !fit) return fit;
  if (options.searches) {
    if (auto fit = check_search(options); !fit) return fit;
  }
  if (auto fit = check_trace(options); !fit) return fit;
  const bool has_closed =
      std::ranges::any_of(options.loads, [](const load_level& one) { return !one.is_open(); });
  for (const slo& one : options.slos) {
    if (!options.streams && needs_stream(one.what)) {
      return bad_slo(one, "is a time within a stream, which --whole does without");
    }
    if (has_closed && needs_schedule(one.what)) {
      return bad_slo(one, "needs a schedule (--rate); a closed loop has none");
    }
  }
  return {};
}

namespace {

// A second, at most; 0 for a closed loop.
double highest_rate(const bench_options& options, const load_level& of) {
  if (of.rule) return highest_rate(*of.rule);
  if (!of.is_replay()) return 0;
  const auto busiest =
      most_within(*options.asked.replayed, of.trace_speed, std::chrono::seconds(1));
  return static_cast<double>(busiest);
}

double most_in_flight(const bench_options& options, const load_level& of,
                      std::chrono::nanoseconds answer) {
  if (!of.is_open()) return static_cast<double>(of.concurrency);
  const auto most =
      of.is_replay()
          ? static_cast<double>(most_within(*options.asked.replayed, of.trace_speed, answer))
          : highest_rate(*of.rule) * std::chrono::duration<double>(answer).count();
  if (options.most_in_flight == 0) return most;
  return std::min(most, static_cast<double>(options.most_in_flight));
}

}  // namespace

std::uint64_t loops_of(const bench_options& options, std::uint64_t cores,
                       std::chrono::nanoseconds answer) {
  if (options.loops > 0) return options.loops;
  double needed = 1;
  for (const load_level& one : options.loads) {
    needed =
        std::max(needed, std::ceil(most_in_flight(options, one, answer) / in_flight_of_a_loop));
    needed = std::max(needed, std::ceil(highest_rate(options, one) / rate_of_a_loop));
  }
  const auto most = static_cast<double>(std::max<std::uint64_t>(1, cores));
  return static_cast<std::uint64_t>(std::min(needed, most));
}

trial_extent extent_of_trace(const bench_options& options) {
  trial_extent out;
  out.warm_up = options.warm_up.value_or(0);
  out.cool_down = options.cool_down.value_or(0);
  const std::uint64_t all = options.asked.replayed->requests.size();
  out.requests = options.requests.value_or(all - std::min(all, out.warm_up + out.cool_down));
  out.duration = options.duration;
  return out;
}

trial_extent extent_of(const bench_options& options, const load_level& load) {
  if (load.is_replay()) return extent_of_trace(options);
  trial_extent out;
  const double turns = options.asked.mean_turns();
  const auto sessions = static_cast<std::uint64_t>(std::ceil(load.amount() * turns));
  out.warm_up = options.warm_up.value_or(sessions);
  out.requests = options.requests.value_or(std::max(least_requests(options), 10 * sessions));
  out.duration = options.duration;
  const double last = load.is_ramp() ? load.rule->ramp->to : load.amount();
  out.cool_down = options.cool_down.value_or(static_cast<std::uint64_t>(std::ceil(last)));
  return out;
}

}  // namespace retort::engine
