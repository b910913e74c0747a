#include "tools/bench_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/bench/repeats.hpp"
#include "engine/bench/trial_cost.hpp"
#include "engine/statistics/percentile.hpp"
#include "engine/text/amounts.hpp"
#include "io/base/console.hpp"
#include "tools/text_table.hpp"

namespace retort::tools {
namespace {

using engine::metric;
using engine::trial_result;

// Some three digits that count.
std::string number(double value) {
  if (value >= 1000) return engine::grouped(static_cast<std::uint64_t>(value + 0.5));
  if (value >= 100) return fmt::format("{:.1f}", value);
  return value >= 1 ? fmt::format("{:.2f}", value) : fmt::format("{:.3f}", value);
}

std::string number(std::optional<double> value) { return value ? number(*value) : "-"; }

std::string percentile(const engine::tally& of, metric what, double share) {
  if (of.of(what).count() == 0) return "-";
  const auto found = of.stated(what, share);
  return found ? number(found->value / 1e6) : "too few";
}

std::string with_bound(const engine::tally& of, metric what, double share) {
  const auto found = of.stated(what, share);
  if (!found) return "too few";
  return fmt::format("{} ({})", number(found->value / 1e6), number(found->bound / 1e6));
}

bool has_several_endpoints(const engine::bench_result& result) {
  std::set<std::size_t> names;
  for (const auto& one : result.trials) names.insert(one.place);
  return names.size() > 1;
}

std::string name_of(const trial_result& of, bool with_endpoint, bool with_run) {
  std::string out = engine::text_of(of.load);
  if (with_endpoint)
    out = fmt::format("endpoint {}: {} {}, {}", of.place, of.endpoint, of.model, out);
  if (with_run) out += fmt::format(", run {}", of.run + 1);
  return out;
}

bool is_cost_known(const engine::bench_result& result) {
  return std::ranges::any_of(result.trials, [](const trial_result& one) {
    return engine::cost_of(one.measured, one.costs).has_value();
  });
}

// All that the answers cost, prompts too, for a million of their tokens.
std::string cost_cell(const trial_result& of) {
  const auto cost = engine::cost_of(of.measured, of.costs);
  return cost ? fmt::format("{:.3f}", cost->usd_per_million_output_tokens) : "-";
}

std::string summary(const engine::bench_result& result, const engine::bench_options& options) {
  const bool several = has_several_endpoints(result), runs = options.runs > 1;
  std::vector<std::string> head = {"load",     "ok",        "failed",   "req/s",
                                   "in tok/s", "out tok/s", "ttft p50", "ttft p99",
                                   "tpot p50", "e2e p50",   "e2e p99"};
  if (!options.slos.empty()) head.insert(head.end(), {"good/s", "SLOs kept"});
  if (is_cost_known(result)) head.push_back("$/M out");
  head.push_back("verdict");
  text_table table(std::move(head), 1);
  for (const auto& one : result.trials) {
    const auto& seen = one.measured;
    std::vector<std::string> row = {
        name_of(one, several, runs),         engine::grouped(seen.successes),
        engine::grouped(seen.failures),      number(seen.success_rate()),
        number(seen.rate_of(seen.input)),    number(seen.rate_of(seen.output)),
        percentile(seen, metric::ttft, 0.5), percentile(seen, metric::ttft, 0.99),
        percentile(seen, metric::tpot, 0.5), percentile(seen, metric::e2e, 0.5),
        percentile(seen, metric::e2e, 0.99)};
    if (!options.slos.empty()) {
      row.push_back(number(seen.goodput(options.slos)));
      row.emplace_back(name(seen.keeps_all(options.slos)));
    }
    if (is_cost_known(result)) row.push_back(cost_cell(one));
    row.emplace_back(one.is_valid() ? "VALID" : one.superseded ? "made again" : "DEGRADED");
    table.add(std::move(row));
  }
  return table.text();
}

std::string metrics_table(const trial_result& of) {
  text_table table({"  ms", "mean", "p50", "p90", "p95", "p99", "p99.9", "max"}, 1);
  for (const auto& each : engine::metrics()) {
    const auto& spread = of.measured.of(each.what);
    if (spread.count() == 0) continue;
    table.add({fmt::format("  {}", each.name), number(*spread.mean() / 1e6),
               with_bound(of.measured, each.what, 0.5), with_bound(of.measured, each.what, 0.9),
               with_bound(of.measured, each.what, 0.95), with_bound(of.measured, each.what, 0.99),
               with_bound(of.measured, each.what, 0.999), number(spread.largest() / 1e6)});
  }
  return table.text();
}

std::string mean_of(const engine::repeated_load& of, std::string_view name) {
  const auto& one = *std::ranges::find(of.figures, name, &engine::repeated_figure::name);
  if (!one.value) return "-";
  return fmt::format("{} ±{}", number(one.value->mean), number(one.value->high - one.value->mean));
}

// The mean over the runs.
std::string repeats_table(const engine::bench_result& result) {
  const auto repeats = engine::repeats_of(result.trials);
  if (repeats.empty()) return "";
  text_table table({"mean of all runs (95 %)", "req/s", "out tok/s", "ttft p50", "ttft p90",
                    "tpot p50", "e2e p50", "e2e p90"},
                   1);
  for (const auto& one : repeats) {
    table.add({name_of(*one.first, has_several_endpoints(result), false),
               mean_of(one, "requests_per_s"), mean_of(one, "output_tokens_per_s"),
               mean_of(one, "ttft_p50"), mean_of(one, "ttft_p90"), mean_of(one, "tpot_p50"),
               mean_of(one, "e2e_p50"), mean_of(one, "e2e_p90")});
  }
  return "\n" + table.text();
}

// Conversations may have hundreds, the last of which hardly any has.
constexpr std::size_t most_turns_shown = 20;

std::string turns_table(const trial_result& of) {
  if (of.turns.empty()) return "";
  text_table table({of.steps.empty() ? "  turn" : "  step", "answers", "input tokens", "ttft p50",
                    "ttft p90", "e2e p50", "e2e p90"},
                   1);
  const auto cell = [](const engine::log_histogram& values, double share) -> std::string {
    if (values.count() == 0) return "-";
    const auto found = engine::percentile_of(values, share);
    return found ? number(found->value / 1e6) : "too few";
  };
  const std::size_t shown = std::min(of.turns.size(), most_turns_shown);
  for (std::size_t turn = 0; turn < shown; ++turn) {
    const engine::turn_figures& one = of.turns[turn];
    const auto count = static_cast<double>(one.e2e.count());
    const bool is_told = one.input.untold == 0 && count > 0;
    const std::string name = turn < of.steps.size() ? of.steps[turn] : std::to_string(turn + 1);
    table.add({"  " + name, engine::grouped(one.e2e.count()),
               is_told ? number(static_cast<double>(one.input.sum) / count) : "-",
               cell(one.ttft, 0.5), cell(one.ttft, 0.9), cell(one.e2e, 0.5), cell(one.e2e, 0.9)});
  }
  const bool has_more = shown < of.turns.size();
  return table.text() +
         (has_more ? fmt::format("  ... of {} turns; --json has all\n", of.turns.size()) : "");
}

std::string rates_line(const trial_result& of) {
  if (!of.offered || !of.achieved) return "";
  return fmt::format("  offered {}/s, sent {}/s; at most {} in flight\n", number(*of.offered),
                     number(*of.achieved), of.conduct.most_in_flight);
}

std::string failure_lines(const trial_result& of) {
  std::string out;
  for (const auto& [name, one] : of.measured.by_class) {
    io::append_line(out, fmt::format("  {} failed by {}: {}", one.count, name, one.example));
  }
  if (of.measured.resent > 0) {
    out += fmt::format("  {} went out twice: a kept connection had died\n", of.measured.resent);
  }
  if (of.unusable.count > 0) {
    io::append_line(out, fmt::format("  {} answers could not be used by the next turn: {}",
                                     of.unusable.count, of.unusable.example));
  }
  if (of.measured.empty > 0) out += fmt::format("  {} had no content\n", of.measured.empty);
  if (of.measured.to_cancel() > 0) {
    out += fmt::format(
        "  {} cancelled, {} ended and {} failed before they could be; none is in a figure\n",
        of.measured.cancelled, of.measured.outran, of.measured.fell);
  }
  if (of.unfinished > 0) out += fmt::format("  {} were not finished\n", of.unfinished);
  return out;
}

std::string slo_lines(const trial_result& of, const std::vector<engine::slo>& slos) {
  std::string out;
  for (const auto& one : slos) {
    const engine::kept how = of.measured.keeps(one);
    std::string line = fmt::format("  {}: {}", one.text, name(how));
    if (how == engine::kept::unknown) {
      line += fmt::format(" (it needs {} at least: --requests, or a longer --duration)",
                          engine::least_samples(one.share));
    }
    io::append_line(out, line);
  }
  return out;
}

std::string client_line(const trial_result& of) {
  const auto& own = of.conduct;
  const bool has_p99 = own.loop_lag.count() >= engine::least_samples(0.99);
  const double lag = has_p99 ? *own.loop_lag.quantile(0.99) : own.loop_lag.largest();
  return fmt::format(
      "  client: {}{:.1f} % of a core, loop lag {} {} ms; {} connections opened, {} reused\n",
      own.loops > 1 ? fmt::format("{} loops, the busiest ", own.loops) : "", own.cpu_share() * 100,
      has_p99 ? "p99" : "at most", number(lag / 1e6), of.measured.connections, of.measured.reused);
}

std::string accuracy_line(const trial_result& of) {
  return of.correctness ? "  accuracy: " + engine::text_of(*of.correctness) + "\n" : "";
}

std::string audit_lines(const engine::bench_result& result) {
  std::string out;
  for (const engine::audit& one : result.audits) {
    io::append_line(out, fmt::format("{}: audit of {} {}: {}", one.endpoint, one.what,
                                     name(one.came_to), one.line));
  }
  return out;
}

std::string server_line(const trial_result& of) {
  if (!of.server) return "";
  std::string out;
  io::append_line(out, "  server: " + engine::text_of(*of.server));
  return out;
}

}  // namespace

std::string bench_table(const engine::bench_result& result, const engine::bench_options& options) {
  if (result.trials.empty() || result.status == engine::bench_status::nothing_measured) return "";
  std::string out = summary(result, options) + repeats_table(result);
  const bool several = has_several_endpoints(result), runs = options.runs > 1;
  for (const auto& one : result.trials) {
    io::append_line(out, "");
    io::append_line(out,
                    fmt::format("{}: {} measured in {:.2f} s", name_of(one, several, runs),
                                engine::grouped(one.measured.requests()), one.measured.wall_s()));
    out += metrics_table(one) + turns_table(one) + rates_line(one) + failure_lines(one) +
           slo_lines(one, options.slos) + accuracy_line(one) + client_line(one) + server_line(one);
    if (one.over_saturated) {
      out +=
          "  over-saturated: requests under way and times rose all along; higher rates are left "
          "out\n";
    }
    for (const auto& reason : one.against) io::append_line(out, "  DEGRADED: " + reason);
  }
  out += "\n(n): what the true percentile is at most, at 99 % confidence\n";
  for (const auto& one : result.highest) {
    io::append_line(
        out, fmt::format(
                 "{} {}: {}{}", one.endpoint, one.model,
                 one.load ? engine::text_of(*one.load) + " is the highest load that keeps every SLO"
                          : "not even the lowest load keeps every SLO",
                 one.certain ? " for certain" : ", not for certain (DEGRADED)"));
  }
  out += audit_lines(result);
  for (const auto& note : result.notes) io::append_line(out, "note: " + note);
  return out;
}

}  // namespace retort::tools
