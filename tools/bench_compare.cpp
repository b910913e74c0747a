#include "tools/bench_compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/bench/bench.hpp"
#include "engine/contrast/result_file.hpp"
#include "io/base/console.hpp"
#include "io/base/json_writer.hpp"
#include "tools/bench_output.hpp"
#include "tools/run_command.hpp"
#include "tools/text_table.hpp"

namespace retort::tools {
namespace {

using engine::benchmark_file;
using engine::compared_load;
using engine::contrast;
using engine::figure_change;

// What the table has; the JSON has all.
bool is_shown(const figure_change& of) {
  if (!of.of->what) return true;
  const bool is_metric_shown =
      *of.of->what == engine::metric::ttft || *of.of->what == engine::metric::tpot ||
      *of.of->what == engine::metric::e2e || *of.of->what == engine::metric::ttft_from_schedule ||
      *of.of->what == engine::metric::e2e_from_schedule;
  return is_metric_shown && of.of->share && *of.of->share <= 0.99;
}

std::string percent(double share) {
  return std::isfinite(share) ? fmt::format("{:+.1f}", 100 * share) : "+inf";
}

std::string change_cell(const figure_change& of) {
  if (of.of->is_share) return percent(of.by.value) + " points";
  std::string out = percent(of.by.value) + " %";
  if (of.by.low) out += fmt::format(" ({} to {})", percent(*of.by.low), percent(*of.by.high));
  return out;
}

std::string value_cell(const figure_change& of, double value) {
  if (of.of->is_share) return fmt::format("{:.2f} %", 100 * value);
  return value >= 100 ? fmt::format("{:.1f}", value) : fmt::format("{:.4g}", value);
}

std::string name_cell(const figure_change& of) {
  return fmt::format("  {}{}", of.of->name, of.of->what ? " ms" : "");
}

std::string load_table(const compared_load& of) {
  text_table table({of.load, "first", "second", "change (95 %)"}, 1);
  for (const figure_change& one : of.figures) {
    if (!is_shown(one)) continue;
    table.add(
        {name_cell(one), value_cell(one, one.first), value_cell(one, one.other), change_cell(one)});
  }
  return table.text();
}

std::string basis_of(const compared_load& of) {
  const auto has = [&](engine::drawn_from what) {
    return std::ranges::any_of(of.figures,
                               [&](const figure_change& one) { return one.interval == what; });
  };
  if (has(engine::drawn_from::runs)) return "  intervals are of the repeated runs\n";
  if (has(engine::drawn_from::requests)) {
    return "  intervals are of the requests: what drifts from run to run is not in them\n";
  }
  return "  no intervals: a file has no values of requests\n";
}

void write_change(io::json_writer& json, const figure_change& of) {
  json.key(of.of->name);
  json.open_object();
  json.member("first", of.first);
  json.member("second", of.other);
  if (std::isfinite(of.by.value)) json.member("change", of.by.value);
  if (of.by.low && std::isfinite(*of.by.low)) json.member("low", *of.by.low);
  if (of.by.high && std::isfinite(*of.by.high)) json.member("high", *of.by.high);
  if (of.interval != engine::drawn_from::nothing) {
    json.member("interval", of.interval == engine::drawn_from::runs ? "runs" : "requests");
  }
  json.close_object();
}

void write_lines(io::json_writer& json, std::string_view key,
                 const std::vector<std::string>& lines) {
  json.key(key);
  json.open_array();
  for (const auto& one : lines) json.value(one);
  json.close_array();
}

void write_load(io::json_writer& json, const compared_load& of) {
  json.open_object();
  json.member("load", of.load);
  write_lines(json, "doubts", of.doubts);
  json.key("figures");
  json.open_object();
  for (const figure_change& one : of.figures) write_change(json, one);
  json.close_object();
  json.key("limits");
  json.open_array();
  for (const auto& one : of.limits) {
    json.open_object();
    json.member("limit", one.limit.text);
    json.member("passed", one.is_exceeded);
    json.member("why", one.why);
    json.close_object();
  }
  json.close_array();
  json.close_object();
}

void write_file(io::json_writer& json, std::string_view key, const benchmark_file& of) {
  json.key(key);
  json.open_object();
  json.member("path", of.path);
  json.member("tool", of.tool);
  json.close_object();
}

bool has_failed(const contrast& of, bool has_limits) {
  return of.is_any_exceeded() || (has_limits && !of.missing.empty());
}

result<contrast> held_against(const bench_flags& flags, const benchmark_file& first,
                              const benchmark_file& other) {
  std::vector<engine::stated_limit> limits;
  if (!flags.fail_if.empty()) {
    auto parsed = engine::parse_limits(flags.fail_if);
    if (!parsed) return parsed.error();
    limits = std::move(*parsed);
  }
  return engine::hold_against(first, other, limits);
}

result<void> put_out(const bench_flags& flags, const contrast& made, const benchmark_file& first,
                     const benchmark_file& other) {
  if (flags.json != "-") {
    if (auto printed = print_out(contrast_text(made, first, other)); !printed) return printed;
  }
  if (flags.json.empty()) return {};
  return put_json(flags.json, contrast_json(made, first, other));
}

}  // namespace

std::string contrast_text(const contrast& of, const benchmark_file& first,
                          const benchmark_file& other) {
  std::string out;
  io::append_line(out, fmt::format("first:  {} ({})", first.path, first.tool));
  io::append_line(out, fmt::format("second: {} ({})", other.path, other.tool));
  for (const compared_load& one : of.loads) {
    out += "\n" + load_table(one) + basis_of(one);
    for (const auto& line : one.doubts) io::append_line(out, "  " + line);
    for (const auto& limit : one.limits) io::append_line(out, "  " + limit.why);
  }
  if (!of.notes.empty() || !of.missing.empty()) out += "\n";
  for (const auto& one : of.missing) {
    io::append_line(out, fmt::format("note: {} is in {} alone", one, first.path));
  }
  for (const auto& one : of.notes) io::append_line(out, "note: " + one);
  return out;
}

std::string contrast_json(const contrast& of, const benchmark_file& first,
                          const benchmark_file& other) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("schema", "retort.bench.compare");
  json.member("version", 1);
  write_file(json, "first", first);
  write_file(json, "second", other);
  json.key("loads");
  json.open_array();
  for (const compared_load& one : of.loads) write_load(json, one);
  json.close_array();
  write_lines(json, "only_in_first", of.missing);
  write_lines(json, "notes", of.notes);
  json.close_object();
  return out + '\n';
}

int compare_benchmarks(const bench_flags& flags) {
  if (auto fit = make_json_place(flags.json, contrast_json_begin); !fit) return refuse(fit.error());
  const auto first = engine::read_result_file(flags.compare[0]);
  if (!first) return refuse(first.error());
  const auto other = engine::read_result_file(flags.compare[1]);
  if (!other) return refuse(other.error());
  const auto made = held_against(flags, *first, *other);
  if (!made) return refuse(made.error());
  if (auto put = put_out(flags, *made, *first, *other); !put) return refuse_output(put.error());
  const bool has_limits = !flags.fail_if.empty();
  if (!has_failed(*made, has_limits)) return 0;
  io::print_line(stderr, made->is_any_exceeded()
                             ? "retort: a stated limit is exceeded"
                             : fmt::format("retort: {} has not been measured in {}",
                                           made->missing.front(), other->path));
  return static_cast<int>(engine::bench_status::slo_missed);
}

}  // namespace retort::tools
