#include "tools/compare_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <set>

#include "engine/look/comparison.hpp"
#include "engine/text/amounts.hpp"
#include "io/base/console.hpp"
#include "io/base/json_writer.hpp"
#include "tools/run_command.hpp"
#include "tools/text_table.hpp"

namespace retort::tools {
namespace {

using engine::at_k;
using engine::compared;
using engine::estimate;
using engine::grouped;
using engine::paired;

// "90.0 % (88.1 to 91.8)"
std::string percent(const std::optional<estimate>& of) {
  if (!of) return "";
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", 100 * of->value, 100 * of->low, 100 * of->high);
}

std::string number(const std::optional<estimate>& of) {
  return of ? fmt::format("{:.1f}", of->value) : "";
}

std::string latency(const compared& of) {
  if (!of.latency_p50_s) return "";
  return fmt::format("{:.2f} / {:.2f} s", *of.latency_p50_s, *of.latency_p95_s);
}

std::string dollars(std::optional<double> usd, double times) {
  return usd ? fmt::format("{:.4g} USD", *usd * times) : "";
}

std::string main_table(const engine::comparison& of) {
  text_table table({"run", "variant", "answers", "failed", "accepted (95 %)", "right (95 %)",
                    "tokens out", "latency p50 / p95", "1,000 answers", "1,000 accepted"},
                   2);
  for (const compared& one : of.rows) {
    table.add({one.run, one.label, grouped(one.accepted + one.rejected), grouped(one.failed),
               percent(one.acceptance), percent(one.accuracy), number(one.output_tokens),
               latency(one), dollars(one.usd ? std::optional(one.usd->value) : std::nullopt, 1000),
               dollars(one.usd_per_accepted, 1000)});
  }
  return table.text();
}

void add_at_k(std::vector<std::string>& row, const at_k& of, const std::set<std::uint32_t>& all) {
  for (const std::uint32_t k : all) {
    std::string cell;
    for (const auto& [of_k, value] : of) {
      if (of_k == k) cell = fmt::format("{:.3f}", value);
    }
    row.push_back(cell);
  }
}

// "" where no record has several answers.
std::string at_k_table(const engine::comparison& of) {
  std::set<std::uint32_t> pass, majority;
  for (const auto& one : of.rows) {
    for (const auto& [k, value] : one.pass) pass.insert(k);
    for (const auto& [k, value] : one.majority) majority.insert(k);
  }
  if (pass.empty()) return "";
  std::vector<std::string> head{"run", "variant"};
  for (const auto k : pass) head.push_back(fmt::format("pass@{}", k));
  for (const auto k : majority) head.push_back(fmt::format("maj@{}", k));
  text_table table(std::move(head), 2);
  for (const auto& one : of.rows) {
    std::vector<std::string> row{one.run, one.label};
    add_at_k(row, one.pass, pass);
    add_at_k(row, one.majority, majority);
    table.add(std::move(row));
  }
  return "\n" + table.text();
}

std::string named(const compared& of) { return of.run + ", " + of.label; }

std::string pair_lines(const engine::comparison& of, const paired& one) {
  std::string out;
  const std::string what =
      fmt::format("{} against {}", named(of.rows[one.other]), named(of.rows[one.first]));
  if (one.records == 0) {
    io::append_line(out, what + ": they share no record");
    return out;
  }
  io::append_line(out, what + ":");
  io::append_line(
      out, fmt::format("  on {} shared records {} better, {} worse; {:+.1f} % {} ({:+.1f} to "
                       "{:+.1f}); p = {:.2g}",
                       grouped(one.records), grouped(one.better), grouped(one.worse),
                       100 * one.difference->value, one.by_acceptance ? "accepted" : "right",
                       100 * one.difference->low, 100 * one.difference->high, one.p));
  return out;
}

void write_estimate(io::json_writer& json, std::string_view key,
                    const std::optional<estimate>& of) {
  json.key(key);
  if (!of) return json.raw("null");
  json.open_object();
  json.member("value", of->value);
  json.member("low", of->low);
  json.member("high", of->high);
  json.close_object();
}

void write_at_k(io::json_writer& json, std::string_view key, const at_k& of) {
  json.key(key);
  json.open_object();
  for (const auto& [k, value] : of) json.member(fmt::format("{}", k), value);
  json.close_object();
}

void write_row(io::json_writer& json, const compared& of) {
  json.open_object();
  json.member("run", of.run);
  json.member("variant", of.label);
  json.member("records", of.records);
  json.member("accepted", of.accepted);
  json.member("rejected", of.rejected);
  json.member("failed", of.failed);
  write_estimate(json, "acceptance", of.acceptance);
  write_estimate(json, "accuracy", of.accuracy);
  write_estimate(json, "input_tokens", of.input_tokens);
  write_estimate(json, "output_tokens", of.output_tokens);
  write_estimate(json, "latency_s", of.latency_s);
  json.member("latency_p50_s", of.latency_p50_s);
  json.member("latency_p95_s", of.latency_p95_s);
  write_estimate(json, "usd_per_answer", of.usd);
  json.member("usd_per_accepted", of.usd_per_accepted);
  write_at_k(json, "pass_at_k", of.pass);
  write_at_k(json, "majority_at_k", of.majority);
  json.member("damaged_lines", of.damaged);
  json.close_object();
}

void write_pair(io::json_writer& json, const paired& of) {
  json.open_object();
  json.member("first", of.first);
  json.member("other", of.other);
  json.member("by", of.by_acceptance ? "accepted" : "right");
  json.member("records", of.records);
  json.member("better", of.better);
  json.member("worse", of.worse);
  write_estimate(json, "difference", of.difference);
  json.member("p", of.p);
  json.close_object();
}

std::string notes(const engine::comparison& of) {
  std::string out;
  if (of.stops_early) {
    io::append_line(out,
                    "a run stopped asking at samples.until_accepted: its pass@k and maj@k are "
                    "of the records that needed so many answers");
  }
  if (of.escalates || (of.stops_early && !of.pairs.empty())) {
    io::append_line(out,
                    "a run asked a further model only where the ones before it had failed "
                    "(samples.until_accepted, escalate): it is held against them on those "
                    "records alone");
  }
  for (const auto& one : of.rows) {
    if (one.damaged == 0) continue;
    io::append_line(
        out, fmt::format("{}: {} damaged lines of its ledger are left out", one.run, one.damaged));
  }
  return out;
}

}  // namespace

std::string comparison_text(const engine::comparison& of) {
  std::string out = main_table(of) + at_k_table(of);
  if (!of.pairs.empty()) out += "\n";
  for (const auto& one : of.pairs) out += pair_lines(of, one);
  return out + notes(of);
}

std::string comparison_json(const engine::comparison& of) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.key("rows");
  json.open_array();
  for (const auto& one : of.rows) write_row(json, one);
  json.close_array();
  json.key("pairs");
  json.open_array();
  for (const auto& one : of.pairs) write_pair(json, one);
  json.close_array();
  json.member("stops_early", of.stops_early);
  json.member("escalates", of.escalates);
  json.close_object();
  return out + '\n';
}

void add_compare_flags(CLI::App& app, compare_flags& flags) {
  app.add_option("runs", flags.runs, "run directories, or names of runs below runs/")
      ->type_name("RUN");
  app.add_flag("--json", flags.json, "one JSON object, with every interval");
  app.footer(
      "A line for each run and variant, by what the ledger lines say; no config is needed.\n"
      "accepted  of the answers, those that filters and evaluators let through\n"
      "right     of those that the evaluators that decide could tell, whatever the filters say\n"
      "cost      of 1,000 answers, and of all answers (those of earlier steps, too) over 1,000\n"
      "          accepted ones, where all tell what they used; without judges\n"
      "Intervals: percentile bootstrap over records (1,000 draws of a fixed seed). Each run and\n"
      "variant is held against the first one on the records that both have (the same row of the\n"
      "dataset), by the share of right answers to each: p is that of the exact sign test, which\n"
      "is McNemar's where a record has one answer. Several answers to a record: pass@k is the\n"
      "unbiased estimate (Chen et al. 2021), maj@k how often most of the first k are right.\n\n"
      "  retort compare short-prompt long-prompt\n"
      "  retort compare runs/sweep --json | jq '.rows[] | [.variant, .accuracy.value]'\n\n"
      "Exit status: 0 done; 2 what is named is no run, or cannot be read.");
}

int compare_command(const compare_flags& flags) {
  if (flags.runs.empty()) return refuse("compare needs a RUN or more; see retort compare --help");
  std::vector<engine::found_run> runs;
  for (const auto& named : flags.runs) {
    auto found = engine::find_run(named);
    if (!found) return refuse(found.error());
    runs.push_back(std::move(*found));
  }
  const auto made = engine::compare_runs(runs);
  if (!made) return refuse(made.error());
  io::print_lines(stdout, flags.json ? comparison_json(*made) : comparison_text(*made));
  return 0;
}

}  // namespace retort::tools
