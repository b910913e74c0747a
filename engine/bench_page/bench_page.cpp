#include "engine/bench_page/bench_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/bench/trial_cost.hpp"
#include "engine/bench_page/load_curve.hpp"
#include "engine/report/html_text.hpp"
#include "engine/report/page_frame.hpp"
#include "engine/report/spread_chart.hpp"
#include "engine/report/svg_chart.hpp"
#include "engine/text/amounts.hpp"
#include "io/base/version.hpp"

namespace retort::engine {
namespace {

std::string number_cell(std::optional<double> of) {
  if (!of) return "<td>-</td>";
  return fmt::format("<td>{}</td>", *of >= 1000 ? grouped(static_cast<std::uint64_t>(*of + 0.5))
                                                : fmt::format("{:.4g}", *of));
}

std::string percentile_cell(const tally& of, metric what, double share) {
  if (of.of(what).count() == 0) return "<td>-</td>";
  const auto found = of.stated(what, share);
  return found ? number_cell(found->value / 1e6) : "<td class=\"soft\">too few</td>";
}

bool has_places(const bench_result& result) {
  return std::ranges::any_of(result.trials, [&](const trial_result& one) {
    return one.place != result.trials.front().place;
  });
}

std::string trial_name(const trial_result& of, const bench_result& result,
                       const bench_options& options) {
  std::string out = text_of(of.load);
  if (has_places(result)) out = fmt::format("{} {}, {}", of.endpoint, of.model, out);
  if (options.runs > 1) out += fmt::format(", run {}", of.run + 1);
  return out;
}

bool is_any_cost_known(const bench_result& result) {
  return std::ranges::any_of(result.trials, [](const trial_result& one) {
    return cost_of(one.measured, one.costs).has_value();
  });
}

std::string cost_cell_of(const trial_result& of) {
  const auto cost = cost_of(of.measured, of.costs);
  return number_cell(cost ? std::optional(cost->usd_per_million_output_tokens) : std::nullopt);
}

std::string trial_row(const trial_result& of, const std::string& name, const bench_result& result,
                      const bench_options& options) {
  const tally& seen = of.measured;
  std::string out = fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td>",
                                html_text(name), grouped(seen.successes), grouped(seen.failures));
  out += number_cell(seen.success_rate()) + number_cell(seen.rate_of(seen.input)) +
         number_cell(seen.rate_of(seen.output));
  for (const auto& [what, share] :
       {std::pair(metric::ttft, 0.5), std::pair(metric::ttft, 0.99), std::pair(metric::tpot, 0.5),
        std::pair(metric::e2e, 0.5), std::pair(metric::e2e, 0.99)}) {
    out += percentile_cell(seen, what, share);
  }
  if (!options.slos.empty()) {
    out +=
        number_cell(seen.goodput(options.slos)) +
        fmt::format("<td>{}</td>", html_text(retort::engine::name(seen.keeps_all(options.slos))));
  }
  if (is_any_cost_known(result)) out += cost_cell_of(of);
  const char* const verdict = of.is_valid() ? "VALID" : of.superseded ? "made again" : "DEGRADED";
  return out + fmt::format("<td>{}</td></tr>\n", verdict);
}

std::string loads_table(const bench_result& result, const bench_options& options) {
  std::string out =
      "<div class=\"wide\" tabindex=\"0\"><table><caption>Times in ms; a percentile that too few "
      "samples bound is not stated</caption><thead><tr><th scope=\"col\">load</th>";
  for (const char* head : {"ok", "failed", "req/s", "in tok/s", "out tok/s", "ttft p50", "ttft p99",
                           "tpot p50", "e2e p50", "e2e p99"}) {
    out += fmt::format("<th scope=\"col\">{}</th>", head);
  }
  if (!options.slos.empty()) out += "<th scope=\"col\">good/s</th><th scope=\"col\">SLOs kept</th>";
  if (is_any_cost_known(result)) out += "<th scope=\"col\">$/M out</th>";
  out += "<th scope=\"col\">verdict</th></tr></thead><tbody>\n";
  for (const auto& one : result.trials) {
    out += trial_row(one, trial_name(one, result, options), result, options);
  }
  return out + "</tbody></table></div>\n";
}

std::string time_of(double ns) {
  if (ns < 1e6) return fmt::format("{:.3g} us", ns / 1e3);
  return ns < 1e9 ? fmt::format("{:.3g} ms", ns / 1e6) : fmt::format("{:.3g} s", ns / 1e9);
}

std::string spread_charts(const trial_result& of) {
  std::string out;
  for (const auto& [what, caption] :
       {std::pair(metric::ttft, "Time to first content (ttft)"),
        std::pair(metric::tpot, "Time per output token (tpot)"),
        std::pair(metric::icl, "Between two chunks (icl)"),
        std::pair(metric::e2e, "Whole answer (e2e)"),
        std::pair(metric::e2e_from_schedule, "Whole answer from its scheduled time"),
        std::pair(metric::schedule_lag, "The client's own lateness (schedule_lag)")}) {
    out += spread_chart(caption, of.measured.of(what), time_of);
  }
  return out;
}

template <class Value>
std::string course_chart(const char* caption, const char* unit, const course& of,
                         const Value& value) {
  std::vector<double> values;
  values.reserve(of.bins().size());
  for (const course_bin& one : of.bins()) values.push_back(value(one));
  const double length = of.width_s() * static_cast<double>(values.size());
  return area_chart(caption, values, unit,
                    {{0, "0 s"},
                     {0.5, fmt::format("{:.3g} s", length / 2)},
                     {1, fmt::format("{:.3g} s", length)}});
}

std::string course_charts(const trial_result& of) {
  const course& times = of.over_time;
  const double width = times.width_s();
  std::string out = course_chart("Requests in flight", "in flight", times,
                                 [&](const course_bin& one) { return one.under_way_s / width; });
  out +=
      course_chart("Requests that ended, a second", "a second", times,
                   [&](const course_bin& one) { return static_cast<double>(one.ended) / width; });
  out += course_chart(
      "Output tokens of those that ended, a second", "a second", times,
      [&](const course_bin& one) { return static_cast<double>(one.output_tokens) / width; });
  out += course_chart(
      "First content (without streams: whole answer) of those that ended, mean ms", "ms", times,
      [](const course_bin& one) {
        return one.with_latency == 0 ? 0 : one.latency_ms / static_cast<double>(one.with_latency);
      });
  if (of.measured.failures == 0) return out;
  return out + course_chart(
                   "Failed requests, a second", "a second", times,
                   [&](const course_bin& one) { return static_cast<double>(one.failed) / width; });
}

// The first is open; a sweep of many would be a very long page.
std::string folded(const bench_result& result, const bench_options& options,
                   std::string (*charts)(const trial_result&)) {
  std::string out;
  for (const auto& one : result.trials) {
    out += fmt::format("<details{}><summary>{}</summary>\n{}</details>\n",
                       &one == &result.trials.front() ? " open" : "",
                       html_text(trial_name(one, result, options)), chart_grid(charts(one)));
  }
  return out;
}

std::string list_of(const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string out = "<ul>";
  for (const auto& one : lines) out += fmt::format("<li>{}</li>", html_text(one));
  return out + "</ul>\n";
}

std::vector<std::string> failures_of(const trial_result& of) {
  std::vector<std::string> out;
  for (const auto& [name, one] : of.measured.by_class) {
    out.push_back(fmt::format("{} failed by {}: {}", grouped(one.count), name, one.example));
  }
  if (of.unusable.count > 0) {
    out.push_back(fmt::format("{} answers could not be used by the next turn: {}",
                              grouped(of.unusable.count), of.unusable.example));
  }
  return out;
}

std::string doubts(const bench_result& result, const bench_options& options) {
  std::string out = list_of(result.notes);
  for (const auto& one : result.trials) {
    std::vector<std::string> lines = one.against;
    for (auto& line : failures_of(one)) lines.push_back(std::move(line));
    if (lines.empty()) continue;
    out +=
        fmt::format("<h3>{}</h3>\n", html_text(trial_name(one, result, options))) + list_of(lines);
  }
  return out.empty() ? "<p>Nothing: each trial is VALID, and no request failed.</p>\n" : out;
}

// What of a trial is no time: whether its answers were right, and what the server said of itself.
std::string beside(const bench_result& result, const bench_options& options) {
  std::string out;
  for (const auto& one : result.trials) {
    std::vector<std::string> lines;
    if (one.correctness) lines.push_back("accuracy: " + text_of(*one.correctness));
    if (one.server) lines.push_back("server: " + text_of(*one.server));
    if (lines.empty()) continue;
    out +=
        fmt::format("<h3>{}</h3>\n", html_text(trial_name(one, result, options))) + list_of(lines);
  }
  return out;
}

std::string highest_line(const highest_load& of) {
  return fmt::format("{}{}", of.load ? text_of(*of.load) : "none",
                     of.certain ? "" : ", not for certain");
}

std::string page_tiles(const bench_result& result) {
  std::uint64_t requests = 0, failures = 0;
  std::optional<double> tokens;
  std::set<std::size_t> places;
  for (const auto& one : result.trials) {
    requests += one.measured.requests();
    failures += one.measured.failures;
    const auto rate = one.measured.rate_of(one.measured.output);
    if (rate) tokens = std::max(tokens.value_or(0), *rate);
    places.insert(one.place);
  }
  std::string out = "<div class=\"tiles\">" + page_tile("requests measured", grouped(requests)) +
                    page_tile("failed", grouped(failures));
  if (tokens) {
    out += page_tile("output tokens/s at most", grouped(static_cast<std::uint64_t>(*tokens + 0.5)));
  }
  for (const std::size_t place : places) {
    const std::string knee = knee_text(result, place);
    if (knee.empty()) continue;
    const char* const name = "the knee: most requests/s for their time";
    out += page_tile(places.size() < 2 ? name : fmt::format("{}, endpoint {}", name, place),
                     html_text(knee));
  }
  for (const highest_load& one : result.highest) {
    out += page_tile("highest load that keeps every SLO", html_text(highest_line(one)));
  }
  return out + "</div>\n";
}

std::string title_of(const bench_result& result) {
  if (result.trials.empty()) return "Benchmark";
  const trial_result& first = result.trials.front();
  if (has_places(result)) return "Benchmark of several endpoints";
  return fmt::format("Benchmark of {} at {}", first.model, first.endpoint);
}

std::string state_of(const bench_result& result) {
  if (!result.reason.empty()) return result.reason;
  return "VALID: the figures are the endpoint's";
}

constexpr std::string_view parts =
    "<nav aria-label=\"Parts\"><a href=\"#loads\">Loads</a> <a href=\"#curve\">Against load</a> "
    "<a href=\"#spread\">Distributions</a> <a href=\"#time\">Over time</a> "
    "<a href=\"#beside\">Beside the times</a> <a href=\"#doubts\">What speaks against "
    "it</a></nav>\n";

std::string slo_line(const bench_options& options) {
  std::string out;
  for (const slo& one : options.slos) out += (out.empty() ? "SLOs: " : ", ") + one.text;
  return out.empty() ? "" : fmt::format("<p>{}</p>\n", html_text(out));
}

}  // namespace

std::string bench_page(const bench_result& result, const bench_options& options) {
  const std::string title = title_of(result);
  std::string out = page_head(bench_page_mark, title, "loads");
  out += fmt::format("<header><h1>{}</h1><p class=\"soft\">{}</p></header>\n", html_text(title),
                     html_text(state_of(result)));
  out += std::string(parts) + "<main>\n";
  if (result.trials.empty()) return out + "<p>Nothing was measured.</p></main></body></html>\n";
  out += page_tiles(result);
  out += page_section("loads", "Loads", slo_line(options) + loads_table(result, options));
  out += page_section("curve", "Against load", chart_grid(load_charts(result)));
  out += page_section("spread", "Distributions", folded(result, options, spread_charts));
  out += page_section("time", "Over time", folded(result, options, course_charts));
  out += page_section("beside", "Beside the times", beside(result, options));
  out += page_section("doubts", "What speaks against it", doubts(result, options));
  return out + fmt::format("<p class=\"soft\">retort {}, seed {}</p></main></body></html>\n",
                           html_text(io::version), options.seed);
}

}  // namespace retort::engine
