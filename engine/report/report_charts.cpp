#include "engine/report/report_charts.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "engine/report/html_text.hpp"
#include "engine/report/spread_chart.hpp"
#include "engine/report/svg_chart.hpp"
#include "engine/text/amounts.hpp"

namespace retort::engine {
namespace {

std::string seconds_text(double us) {
  return us < 1e6 ? fmt::format("{:.3g} ms", us / 1e3) : fmt::format("{:.3g} s", us / 1e6);
}

std::string score_chart(const std::string& evaluator, const evaluator_report& of) {
  std::vector<chart_bar> all;
  for (std::size_t i = 0; i < of.histogram.size(); ++i) {
    const double from = static_cast<double>(i) / evaluator_report::bins;
    all.push_back({static_cast<double>(of.histogram[i]),
                   fmt::format("{:.2f} to {:.2f}: {}", from, from + 1.0 / evaluator_report::bins,
                               grouped(of.histogram[i]))});
  }
  return bar_chart(fmt::format("Scores of {}", evaluator), all, {{0, "0"}, {0.5, "0.5"}, {1, "1"}});
}

std::string clock_text(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  return fmt::format("{:%m-%d %H:%M:%S}", fmt::gmtime(seconds));
}

std::vector<axis_mark> marks_of(const time_line& of) {
  const std::int64_t length = of.width_ms() * static_cast<std::int64_t>(of.bins().size());
  return {{0, clock_text(of.begin_ms())},
          {1, duration_text(std::chrono::milliseconds(length)) + " later"}};
}

template <class Value>
std::string time_chart(std::string_view caption, std::string_view unit, const time_line& of,
                       const Value& value) {
  std::vector<double> values;
  values.reserve(of.bins().size());
  for (const time_bin& one : of.bins()) values.push_back(value(one));
  return area_chart(caption, values, unit, marks_of(of));
}

}  // namespace

std::string histogram_charts(const report_data& what) {
  std::string out;
  out += spread_chart("Latency of an answer", what.latency_us, seconds_text);
  out += spread_chart("Length of an answer, in characters", what.lengths, [](double length) {
    return grouped(static_cast<std::uint64_t>(std::llround(length)));
  });
  for (const auto& [place, one] : what.evaluators) {
    if (one.scored > 0) out += score_chart(place.second, one);
  }
  return out;
}

std::string time_charts(const report_data& what) {
  const time_line& of = what.times;
  if (of.bins().empty()) return "";
  const double seconds = static_cast<double>(of.width_ms()) / 1000;
  std::string out;
  out += time_chart("Samples finished per second", "a second", of, [&](const time_bin& one) {
    return static_cast<double>(one.finished) / seconds;
  });
  out += time_chart("Tokens per second", "a second", of,
                    [&](const time_bin& one) { return static_cast<double>(one.tokens) / seconds; });
  out += time_chart("Requests in flight", "in flight", of,
                    [&](const time_bin& one) { return one.busy_ms / 1000 / seconds; });
  out +=
      time_chart("Attempts beyond the first (429s among them), per second", "a second", of,
                 [&](const time_bin& one) { return static_cast<double>(one.retries) / seconds; });
  out +=
      time_chart("Given up while rate limited (429), per second", "a second", of,
                 [&](const time_bin& one) { return static_cast<double>(one.limited) / seconds; });
  return out;
}

}  // namespace retort::engine
