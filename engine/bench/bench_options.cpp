#include "engine/bench/bench_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/statistics/percentile.hpp"

namespace retort::engine {
namespace {

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

std::string text_of(const load_level& load) {
  if (!load.rule) return fmt::format("concurrency {}", load.concurrency);
  std::string out = fmt::format("{:g}/s {}", load.rule->rate, name(load.rule->pattern));
  if (load.rule->pattern == arrival_pattern::gamma) {
    out += fmt::format(" {:g}", load.rule->burstiness);
  }
  return out;
}

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

result<void> check(const bench_options& options) {
  if (auto fit = check_levels(options.loads); !fit) return fit;
  if (options.searches) {
    if (auto fit = check_search(options); !fit) return fit;
  }
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

trial_extent extent_of(const bench_options& options, const load_level& load) {
  const auto once = static_cast<std::uint64_t>(std::ceil(load.amount()));
  trial_extent out;
  out.warm_up = options.warm_up.value_or(once);
  out.requests = options.requests.value_or(std::max(least_requests(options), 10 * once));
  out.duration = options.duration;
  out.cool_down = options.cool_down.value_or(once);
  return out;
}

}  // namespace retort::engine
