#include "engine/bench_page/load_curve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "engine/measure/knee.hpp"
#include "engine/report/svg_chart.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t most_marks = 6;

// The trials of an endpoint that count, by rising load.
using loads = std::map<double, std::vector<const trial_result*>>;

loads loads_of(const bench_result& result, std::size_t place) {
  loads out;
  for (const trial_result& one : result.trials) {
    if (one.place == place && !one.superseded) out[one.load.amount()].push_back(&one);
  }
  return out;
}

using figure_of = std::function<std::optional<double>(const trial_result&)>;

// Over the runs; nothing where one of them lacks it.
std::optional<double> mean_of(const std::vector<const trial_result*>& runs,
                              const figure_of& figure) {
  double sum = 0;
  for (const trial_result* one : runs) {
    const auto value = figure(*one);
    if (!value) return std::nullopt;
    sum += *value;
  }
  return sum / static_cast<double>(runs.size());
}

figure_of percentile_of_metric(metric what, double share) {
  return [=](const trial_result& of) -> std::optional<double> {
    const auto found = of.measured.stated(what, share);
    return found ? std::optional(found->value / 1e6) : std::nullopt;
  };
}

std::optional<double> median_latency(const trial_result& of) {
  const auto found = of.measured.stated(metric::e2e, 0.5);
  return found ? std::optional(found->value / 1e9) : std::nullopt;
}

// By ratios: 1, 4, 16, 64 are as far apart from each other.
class load_axis {
 public:
  explicit load_axis(const loads& all)
      : low_(std::log(all.begin()->first)), high_(std::log(all.rbegin()->first)) {}
  double at(double load) const { return (std::log(load) - low_) / (high_ - low_); }

 private:
  double low_, high_;
};

std::vector<axis_mark> marks_along(const loads& all, const load_axis& axis) {
  const std::size_t step = (all.size() + most_marks - 1) / most_marks;
  std::vector<axis_mark> out;
  std::size_t place = 0;
  for (const auto& [load, runs] : all) {
    if (place++ % step == 0 || place == all.size()) {
      out.emplace_back(axis.at(load), fmt::format("{:g}", load));
    }
  }
  return out;
}

struct drawn_figure {
  const char* name;
  figure_of figure;
};

chart_line line_along(const loads& all, const load_axis& axis, const drawn_figure& what,
                      std::string_view unit) {
  chart_line out{what.name, {}};
  for (const auto& [load, runs] : all) {
    const auto value = mean_of(runs, what.figure);
    if (!value) continue;
    out.points.push_back(
        {axis.at(load), *value,
         fmt::format("{}: {} {:.4g}{}", text_of(runs.front()->load), what.name, *value, unit)});
  }
  return out;
}

std::optional<double> knee_load(const loads& all) {
  std::vector<load_point> points;
  std::vector<double> at;
  for (const auto& [load, runs] : all) {
    const auto rate =
        mean_of(runs, [](const trial_result& of) { return of.measured.success_rate(); });
    const auto time = mean_of(runs, median_latency);
    if (!rate || !time) continue;
    points.push_back({*rate, *time});
    at.push_back(load);
  }
  const auto found = knee_of(points);
  return found ? std::optional(at[*found]) : std::nullopt;
}

struct drawn_chart {
  const char* caption;
  const char* unit;
  std::vector<drawn_figure> lines;
};

const std::vector<drawn_chart>& charts_of_loads() {
  static const std::vector<drawn_chart> all = {
      {"Time to first content, ms",
       " ms",
       {{"p50", percentile_of_metric(metric::ttft, 0.5)},
        {"p90", percentile_of_metric(metric::ttft, 0.9)},
        {"p99", percentile_of_metric(metric::ttft, 0.99)}}},
      {"Whole answer, ms",
       " ms",
       {{"p50", percentile_of_metric(metric::e2e, 0.5)},
        {"p90", percentile_of_metric(metric::e2e, 0.9)},
        {"p99", percentile_of_metric(metric::e2e, 0.99)}}},
      {"Time per output token, ms",
       " ms",
       {{"p50", percentile_of_metric(metric::tpot, 0.5)},
        {"p90", percentile_of_metric(metric::tpot, 0.9)},
        {"p99", percentile_of_metric(metric::tpot, 0.99)}}},
      {"Requests a second",
       "/s",
       {{"succeeded", [](const trial_result& of) { return of.measured.success_rate(); }}}},
      {"Output tokens a second", "/s", {{"tokens", [](const trial_result& of) {
                                           return of.measured.rate_of(of.measured.output);
                                         }}}}};
  return all;
}

std::string charts_of(const loads& all, const std::string& whose, const std::string& axis_name) {
  const load_axis axis(all);
  std::vector<axis_mark> knee;
  if (const auto at = knee_load(all)) knee.emplace_back(axis.at(*at), "knee");
  std::string out;
  for (const drawn_chart& one : charts_of_loads()) {
    std::vector<chart_line> lines;
    for (const drawn_figure& each : one.lines) {
      chart_line line = line_along(all, axis, each, one.unit);
      if (!line.points.empty()) lines.push_back(std::move(line));
    }
    if (lines.empty()) continue;
    out += line_chart(fmt::format("{}, against {}{}", one.caption, axis_name, whose), lines,
                      marks_along(all, axis), knee);
  }
  return out;
}

std::set<std::size_t> places_of(const bench_result& result) {
  std::set<std::size_t> out;
  for (const trial_result& one : result.trials) out.insert(one.place);
  return out;
}

std::string name_of_amount(const load_level& of) {
  if (of.is_replay()) return "times as fast as the trace";
  return of.is_open() ? "requests sent a second" : "concurrency";
}

}  // namespace

std::string load_charts(const bench_result& result) {
  std::string out;
  const auto places = places_of(result);
  for (const std::size_t place : places) {
    const loads all = loads_of(result, place);
    if (all.size() < 2) continue;
    const trial_result& first = *all.begin()->second.front();
    const std::string whose =
        places.size() < 2 ? "" : fmt::format(", {} {}", first.endpoint, first.model);
    out += charts_of(all, whose, name_of_amount(first.load));
  }
  return out;
}

std::string knee_text(const bench_result& result, std::size_t place) {
  const loads all = loads_of(result, place);
  const auto at = knee_load(all);
  return at ? text_of(all.at(*at).front()->load) : "";
}

}  // namespace retort::engine
