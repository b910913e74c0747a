#include "engine/bench/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retort::engine {
namespace {

std::string all_failed(const tally& seen) {
  const auto worst =
      std::ranges::max_element(seen.by_class, {}, [](const auto& one) { return one.second.count; });
  return fmt::format("all {} requests failed, {} by {}: {}", seen.failures, worst->second.count,
                     worst->first, worst->second.example);
}

// The default extents stay below it: they measure ten times the warm-up.
constexpr double most_backlog = 0.1;

bool is_backlogged(const trial_result& of) {
  const auto all = static_cast<double>(of.measured.requests());
  return of.over_saturated && static_cast<double>(of.backlog) > most_backlog * all;
}

// Not the client's.
bool is_endpoints_own(const trial_result& of) {
  return has_too_few_answers(of.measured) || (is_backlogged(of) && of.against.size() == 1);
}

bool counts_against(const trial_result& of, const bench_options& options) {
  return options.searches ? is_in_doubt(of, options.slos) : !of.is_valid();
}

std::string degraded_at(const bench_result& of, const bench_options& options) {
  for (const trial_result& one : of.trials) {
    if (one.superseded || !counts_against(one, options)) continue;
    return fmt::format("DEGRADED at {}: {}", text_of(one.load), one.against.front());
  }
  for (const audit& one : of.audits) {
    if (one.came_to == audit_result::failed) return "DEGRADED: " + one.endpoint + ": " + one.line;
  }
  return "";
}

bool keeps_somewhere(const bench_result& of, const std::vector<slo>& slos) {
  return std::ranges::any_of(of.trials, [&](const trial_result& one) {
    return !one.superseded && one.measured.keeps_all(slos) == kept::yes;
  });
}

}  // namespace

std::string why_nothing(const trial_result& of, bool streams) {
  const tally& seen = of.measured;
  if (seen.requests() == 0) {
    return of.conduct.cut_by.empty() ? "no request ended" : of.conduct.cut_by;
  }
  if (seen.successes == 0) return all_failed(seen);
  if (seen.of(metric::e2e).count() == 0) {
    return fmt::format("all {} answers had no content", seen.successes);
  }
  if (streams && seen.of(metric::ttft).count() == 0) {
    return fmt::format("none of {} answers came as a stream; --whole measures the rest",
                       seen.successes);
  }
  return "";
}

std::string why_backlogged(const trial_result& of) {
  if (!is_backlogged(of)) return "";
  return fmt::format(
      "{} requests of the warm-up were still under way as the first of {} measured "
      "ones was due, over {:.0f} %: the throughput is too low by those (more "
      "--requests, or --warmup 0)",
      of.backlog, of.measured.requests(), most_backlog * 100);
}

bool is_in_doubt(const trial_result& of, const std::vector<slo>& slos) {
  if (of.is_valid()) return false;
  return !is_endpoints_own(of) || of.measured.keeps_all(slos) != kept::no;
}

void settle(bench_result& of, const bench_options& options) {
  if (!of.reason.empty() || of.trials.empty()) return;
  const auto something = std::ranges::find_if(
      of.trials, [&](const auto& one) { return why_nothing(one, options.streams).empty(); });
  if (something == of.trials.end()) {
    const trial_result& first = of.trials.front();
    of.status = bench_status::nothing_measured;
    of.reason = fmt::format("{}: {}", text_of(first.load), why_nothing(first, options.streams));
    return;
  }
  of.reason = degraded_at(of, options);
  if (!of.reason.empty()) of.status = bench_status::degraded;
  if (keeps_somewhere(of, options.slos)) return;
  of.status = bench_status::slo_missed;
  of.reason = "no load is certain to keep every SLO" + (of.reason.empty() ? "" : "; " + of.reason);
}

}  // namespace retort::engine
