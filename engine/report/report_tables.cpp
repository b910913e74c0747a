#include "engine/report/report_tables.hpp"

#include <fmt/format.h>

#include <vector>

#include "engine/look/variant_label.hpp"
#include "engine/report/html_text.hpp"
#include "engine/text/amounts.hpp"

namespace retort::engine {
namespace {

using row = std::vector<std::string>;  // cells, escaped where they have to be

// The first cell is the row's head; numbers stand at the right.
std::string table(std::string_view caption, const row& head, const std::vector<row>& rows) {
  std::string out = fmt::format(
      "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}"
      "</caption><thead><tr>",
      html_text(caption));
  for (const auto& cell : head) out += "<th scope=\"col\">" + cell + "</th>";
  out += "</tr></thead><tbody>\n";
  for (const auto& cells : rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out += i == 0 ? "<th scope=\"row\">" + cells[i] + "</th>" : "<td>" + cells[i] + "</td>";
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "";
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string bar(std::string_view kind, std::uint64_t part, std::uint64_t whole) {
  const double share = whole ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
  return fmt::format("<div class=\"share {}\" style=\"width:{:.2f}%\"></div>", kind, share);
}

std::string seconds(std::optional<double> us) {
  return us ? fmt::format("{:.2f} s", *us / 1e6) : "";
}

// In the digits that amounts have.
bool is_shown(double usd) { return usd >= 0.00005 || usd <= -0.00005; }

std::string dollars(std::optional<double> usd) {
  return usd ? fmt::format("{:.4f} USD", *usd) : "not known";
}

std::string number(std::int64_t tokens) { return grouped(static_cast<std::uint64_t>(tokens)); }

std::string mean(const told_tokens& of) {
  if (of.answers == 0) return "";
  return fmt::format("{:.1f}", static_cast<double>(of.sum) / static_cast<double>(of.answers));
}

row cost_row(const std::string& whom, const usage_sum& used, const std::optional<price>& costs) {
  return {html_text(whom),
          number(used.input),
          number(used.cached),
          number(used.output),
          costs ? fmt::format("{:g} / {:g}", costs->input, costs->output) : "not known",
          dollars(usd_of(used, costs))};
}

std::string names_text(const ledger_account::by_name& names) {
  std::string out;
  for (const auto& [name, answers] : names) {
    out += fmt::format("{}{} ({})", out.empty() ? "" : ", ", html_text(name), grouped(answers));
  }
  return out;
}

std::string text_block(std::string_view what, const std::string& text) {
  if (text.empty()) return "";
  return fmt::format("<h4>{}</h4><pre dir=\"auto\">{}</pre>", what, html_text(text));
}

std::string evaluations_text(const std::vector<evaluation>& of) {
  std::string out;
  for (const auto& one : of) {
    out += fmt::format("{}: {}{}\n", one.name,
                       one.score ? fmt::format("{:.3g}", *one.score) : "unscored",
                       one.detail.empty() ? "" : " (" + one.detail + ")");
  }
  return out;
}

std::string sample_part(const shown_sample& of) {
  return fmt::format("<details><summary><b>{}</b> {}</summary>", html_text(of.id),
                     html_text(of.label)) +
         text_block("Prompt", of.prompt) + text_block("Reference", of.reference) +
         text_block("Reasoning", of.reasoning) +
         text_block(of.verdict == "failed" ? "Error" : "Completion", of.completion) +
         text_block("Evaluations", evaluations_text(of.evaluations)) +
         text_block("Why", of.detail) + "</details>\n";
}

}  // namespace

std::string funnel_table(const found_run& of, const report_data& what) {
  const std::uint64_t all = what.all();
  std::vector<row> rows;
  const auto add = [&](std::string name, std::string_view kind, std::uint64_t count) {
    rows.push_back({std::move(name), grouped(count), percent(count, all), bar(kind, count, all)});
  };
  if (of.facts && of.facts->records) {
    rows.push_back({"records", grouped(*of.facts->records), "", ""});
  }
  add("samples", "all", all);
  if (what.failed) add("failed", "failed", what.failed);
  for (const reject_reason why : all_reject_reasons) {
    if (what.rejected[why] == 0) continue;
    add("rejected: " + std::string(name(why)), "rejected", what.rejected[why]);
  }
  if (what.handed_on) add("handed on to the next step", "all", what.handed_on);
  add("accepted", "accepted", what.accepted);
  std::string out = table("From records to accepted samples", {"", "count", "share", ""}, rows);
  if (what.failures.empty()) return out;
  rows.clear();
  for (const auto& [kind, count] : what.failures) rows.push_back({html_text(kind), grouped(count)});
  return out + table("Failed for good, by error", {"", "samples"}, rows);
}

std::string variant_table(const found_run& of, const report_data& what) {
  std::vector<row> rows;
  for (const auto& [at, one] : what.variants) {
    const std::uint64_t answers = one.accepted + one.rejected;
    rows.push_back({html_text(variant_label(of.facts, at.first, at.second)), grouped(answers),
                    grouped(one.failed), percent(one.accepted, answers),
                    percent(one.right, one.told), mean(one.input), mean(one.output),
                    seconds(one.latency_us.quantile(0.5)), seconds(one.latency_us.quantile(0.95))});
  }
  return table("Steps and variants",
               {"", "answers", "failed", "accepted", "right", "tokens in", "tokens out",
                "latency p50", "p95"},
               rows);
}

std::string evaluator_table(const found_run& of, const report_data& what) {
  std::vector<row> rows;
  for (const auto& [place, one] : what.evaluators) {
    const auto& [step, name] = place;
    std::string whose = name;
    const bool has_steps =
        of.facts && !of.facts->variants.empty() && !of.facts->variants.front().step_name.empty();
    if (has_steps) whose += fmt::format(" of step {}", step + 1);
    const double mean = one.scored ? one.sum / static_cast<double>(one.scored) : 0;
    rows.push_back({html_text(whose), grouped(one.scored), grouped(one.unscored),
                    one.scored ? fmt::format("{:.3f}", mean) : "",
                    of.facts ? percent(one.passed, one.scored) : "", number(one.used.input),
                    number(one.used.output)});
  }
  if (rows.empty()) return "";
  return table("Evaluators and judges",
               {"", "scored", "unscored", "mean score", "at threshold", "tokens in", "tokens out"},
               rows);
}

std::string cost_table(const run_facts& facts) {
  std::vector<row> rows;
  for (const auto& one : facts.variants) {
    rows.push_back(
        cost_row(variant_label(facts, one.step, one.variant), one.asked.used, one.costs));
  }
  for (const auto& one : facts.judges) {
    const std::string by = one.model.empty() ? "" : ", by " + one.model;
    rows.push_back(cost_row(one.name + by, one.used, one.costs));
  }
  if (const auto besides = usd_besides(facts, facts); besides && is_shown(*besides)) {
    rows.push_back({"attempts without an answer, other prices", "", "", "", "", dollars(besides)});
  }
  rows.push_back({"all", "", "", "", "", dollars(facts.usd())});
  return table("Tokens and cost",
               {"", "tokens in", "of them cached", "tokens out", "USD per 1 M in / out", "cost"},
               rows);
}

std::string facts_table(const run_facts& facts) {
  std::vector<row> rows;
  const auto add = [&rows](std::string_view name, const std::string& value) {
    if (!value.empty()) rows.push_back({html_text(name), value});
  };
  add("retort", html_text(facts.version));
  add("config hash", html_text(facts.config_hash));
  if (facts.dataset_fingerprint) {
    add("dataset fingerprint", fmt::format("{:016x}", *facts.dataset_fingerprint));
  }
  for (const auto& one : facts.variants) {
    const std::string whose = variant_label(facts, one.step, one.variant);
    add(whose + ": models as served", names_text(one.asked.models));
    add(whose + ": service tiers as served", names_text(one.asked.service_tiers));
  }
  std::string config;
  for (const auto& [path, value] : facts.config) config += path + ": " + value + "\n";
  return table("What the run is", {"", ""}, rows) +
         "<details><summary>Its config, key by key</summary><pre>" + html_text(config) +
         "</pre></details>\n";
}

std::string samples_part(const report_data& what) {
  std::string out;
  for (const auto& [group, list] : what.samples) {
    if (list.empty()) continue;
    out += "<h3>" + html_text(group) + "</h3>\n";
    for (const auto& one : list) out += sample_part(one);
  }
  return out;
}

}  // namespace retort::engine
