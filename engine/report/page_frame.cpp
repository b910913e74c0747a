#include "engine/report/page_frame.hpp"

#include <fmt/format.h>

#include "engine/report/html_text.hpp"

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
.line{fill:none;stroke:var(--blue);stroke-width:2}.second{stroke-dasharray:6 3}.third{stroke-dasharray:2 3}
.dot{fill:var(--blue)}.knee{stroke:var(--warn);stroke-width:2;stroke-dasharray:4 4}svg .said{fill:var(--ink)}
details{border:1px solid var(--line);border-radius:8px;margin:6px 0;padding:0 12px;background:var(--box)}
summary{padding:8px 0;cursor:pointer;overflow-wrap:anywhere}
details .charts{padding-bottom:12px}
pre{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;margin:0 0 8px;font:13px/1.45 ui-monospace,monospace}
)";

}  // namespace

std::string page_head(std::string_view mark, std::string_view name, std::string_view first_part) {
  std::string out(mark);
  out +=
      "<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
  out += html_text(name) + " - retort</title>\n<style>";
  out += style;
  return out +
         fmt::format("</style></head>\n<body><a class=\"skip\" href=\"#{}\">To the figures</a>\n",
                     first_part);
}

std::string page_tile(std::string_view name, const std::string& value) {
  return fmt::format("<div><b>{}</b>{}</div>", value, name);
}

std::string page_section(std::string_view id, std::string_view title, const std::string& inside) {
  if (inside.empty()) return "";
  return fmt::format("<section id=\"{}\"><h2>{}</h2>\n{}</section>\n", id, title, inside);
}

std::string chart_grid(const std::string& figures) {
  return figures.empty() ? "" : "<div class=\"charts\">\n" + figures + "</div>\n";
}

}  // namespace retort::engine
