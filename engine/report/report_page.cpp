#include "engine/report/report_page.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "engine/report/html_text.hpp"
#include "engine/report/report_charts.hpp"
#include "engine/report/report_tables.hpp"
#include "engine/text/amounts.hpp"

namespace retort::engine {
namespace {

// No colour says anything alone; contrast is at least 4.5 : 1 in either scheme.
constexpr std::string_view style = R"(
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--box:#f6f8fa;
--blue:#0969da;--good:#1a7f37;--bad:#cf222e;--warn:#9a6700}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--soft:#9aa4af;--line:#30363d;
--box:#161b22;--blue:#58a6ff;--good:#3fb950;--bad:#f85149;--warn:#d29922}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header,main,nav{max-width:1160px;margin:0 auto;padding:0 16px}
h1{margin:24px 0 0;font-size:1.6rem;overflow-wrap:anywhere}h2{margin:40px 0 8px;font-size:1.25rem}
h3{margin:24px 0 4px;font-size:1rem}h4{margin:8px 0 2px;font-size:.85rem;color:var(--soft)}
a{color:var(--blue)}a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:3px solid var(--blue)}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--page);padding:8px}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;padding-top:8px}
.soft,caption,figcaption{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;margin-top:16px}
.tiles div{background:var(--box);border:1px solid var(--line);border-radius:8px;padding:12px}
.tiles b{display:block;font-size:1.4rem;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto;margin:8px 0 24px}
table{border-collapse:collapse;min-width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;font-size:.9rem;padding-bottom:4px}
th,td{padding:6px 10px;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child{text-align:left}td{white-space:nowrap}
td:nth-child(2):last-child{text-align:left;white-space:normal;overflow-wrap:anywhere}
td:last-child .share{min-width:1px}.share{height:1.1em;background:var(--blue)}
td:has(.share){width:45%;min-width:120px}
.share.accepted{background:var(--good)}.share.rejected{background:var(--warn)}
.share.failed{background:var(--bad)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(330px,100%),1fr));gap:16px}
figure{margin:0;background:var(--box);border:1px solid var(--line);border-radius:8px;padding:12px}
figcaption{font-size:.9rem}svg{display:block;width:100%;height:auto}
svg text{font:11px system-ui,sans-serif;fill:var(--soft)}
.grid{stroke:var(--line)}.bar,.area{fill:var(--blue)}
details{border:1px solid var(--line);border-radius:8px;margin:6px 0;padding:0 12px;background:var(--box)}
summary{padding:8px 0;cursor:pointer;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;margin:0 0 8px;font:13px/1.45 ui-monospace,monospace}
)";

std::string time_text(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(seconds));
}

std::string tile(std::string_view name, const std::string& value) {
  return fmt::format("<div><b>{}</b>{}</div>", value, name);
}

std::string share_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "0 %";
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string tiles(const report_data& what, const std::optional<run_facts>& facts) {
  std::string out = "<div class=\"tiles\">";
  out += tile("samples", grouped(what.all()));
  out += tile("accepted", grouped(what.accepted));
  out += tile("of the answers accepted",
              share_text(what.accepted, what.accepted + what.all_rejected()));
  out += tile("failed", grouped(what.failed));
  if (const auto us = what.latency_us.quantile(0.5)) {
    out += tile("latency, median", fmt::format("{:.2f} s", *us / 1e6));
  }
  const auto usd = facts ? facts->usd() : std::nullopt;
  if (usd) out += tile("cost", fmt::format("{:.4f} USD", *usd));
  if (usd && what.accepted > 0) {
    out += tile("per 1,000 accepted",
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

std::string section(std::string_view id, std::string_view title, const std::string& inside) {
  if (inside.empty()) return "";
  return fmt::format("<section id=\"{}\"><h2>{}</h2>\n{}</section>\n", id, title, inside);
}

std::string charts(const std::string& figures) {
  return figures.empty() ? "" : "<div class=\"charts\">\n" + figures + "</div>\n";
}

std::string head(const std::string& name) {
  std::string out(report_mark);
  out +=
      "<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
  out += html_text(name) + " - retort</title>\n<style>";
  out += style;
  return out + "</style></head>\n<body><a class=\"skip\" href=\"#funnel\">To the figures</a>\n";
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
  std::string out = head(name);
  out += fmt::format("<header><h1>{}</h1><p class=\"soft\">{}</p></header>\n", html_text(name),
                     html_text(state_line(of)));
  out += navigation;
  out += "<main>\n" + notes(what) + tiles(what, facts);
  out += section("funnel", "From records to accepted", funnel_table(of, what));
  out += section("variants", "Variants, evaluators, judges",
                 variant_table(of, what) + evaluator_table(of, what));
  out += section("cost", "Tokens and cost", facts ? cost_table(*facts) : "");
  out += section("spread", "Histograms", charts(histogram_charts(what)));
  out += section("time", "Over time", charts(time_charts(what)));
  out += section("samples", "Samples of each verdict", samples_part(what));
  out += section("run", "The run", facts ? facts_table(*facts) : "");
  return out + "</main></body></html>\n";
}

}  // namespace retort::engine
