#include "engine/report/report_page.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "engine/report/html_text.hpp"
#include "engine/report/page_frame.hpp"
#include "engine/report/report_charts.hpp"
#include "engine/report/report_tables.hpp"
#include "engine/text/amounts.hpp"

namespace retort::engine {
namespace {

std::string time_text(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(seconds));
}

std::string share_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "0 %";
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string tiles(const report_data& what, const std::optional<run_facts>& facts) {
  std::string out = "<div class=\"tiles\">";
  out += page_tile("samples", grouped(what.all()));
  out += page_tile("accepted", grouped(what.accepted));
  const std::uint64_t passed = what.accepted + what.handed_on;
  out += page_tile("of the answers accepted", share_text(passed, passed + what.rejected.all()));
  out += page_tile("failed", grouped(what.failed));
  if (const auto us = what.latency_us.quantile(0.5)) {
    out += page_tile("latency, median", fmt::format("{:.2f} s", *us / 1e6));
  }
  const auto usd = facts ? facts->usd() : std::nullopt;
  if (usd) out += page_tile("cost", fmt::format("{:.4f} USD", *usd));
  if (usd && what.accepted > 0) {
    out += page_tile("per 1,000 accepted",
                     fmt::format("{:.4f} USD", 1000 * *usd / static_cast<double>(what.accepted)));
  }
  return out + "</div>\n";
}

std::string state_line(const found_run& of) {
  if (of.is_at_work) return "at work: this is its ledger as far as it was";
  if (!of.facts) return "it left no summary: models, prices and thresholds are not known";
  if (of.facts->ended_ms == 0) return "killed: it wrote no end";
  std::string out = of.facts->state;
  if (!of.facts->reason.empty()) out += ": " + of.facts->reason;
  return out + "; ended " + time_text(of.facts->ended_ms);
}

std::string notes(const report_data& what) {
  std::string out;
  if (what.damaged) {
    out += fmt::format("<p><b>{} damaged lines of the ledger are left out.</b></p>\n",
                       grouped(what.damaged));
  }
  return out;
}

constexpr std::string_view navigation =
    "<nav aria-label=\"Parts\"><a href=\"#funnel\">Funnel</a> <a href=\"#variants\">Variants</a> "
    "<a href=\"#cost\">Cost</a> <a href=\"#spread\">Histograms</a> <a href=\"#time\">Over time</a> "
    "<a href=\"#samples\">Samples</a> <a href=\"#run\">The run</a></nav>\n";

}  // namespace

std::string report_page(const found_run& of, const report_data& what) {
  std::optional<run_facts> facts = of.facts;
  if (facts) take_account(what.account, *facts);
  const std::string name = facts && !facts->run.empty() ? facts->run : of.name;
  std::string out = page_head(report_mark, name, "funnel");
  out += fmt::format("<header><h1>{}</h1><p class=\"soft\">{}</p></header>\n", html_text(name),
                     html_text(state_line(of)));
  out += navigation;
  out += "<main>\n" + notes(what) + tiles(what, facts);
  out += page_section("funnel", "From records to accepted", funnel_table(of, what));
  out += page_section("variants", "Variants, evaluators, judges",
                      variant_table(of, what) + evaluator_table(of, what));
  out += page_section("cost", "Tokens and cost", facts ? cost_table(*facts) : "");
  out += page_section("spread", "Histograms", chart_grid(histogram_charts(what)));
  out += page_section("time", "Over time", chart_grid(time_charts(what)));
  out += page_section("samples", "Samples of each verdict", samples_part(what));
  out += page_section("run", "The run", facts ? facts_table(*facts) : "");
  return out + "</main></body></html>\n";
}

}  // namespace retort::engine
