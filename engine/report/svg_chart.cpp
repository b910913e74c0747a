#include "engine/report/svg_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/report/html_text.hpp"

namespace retort::engine {
namespace {

// A chart as wide as a phone; on a wider screen several stand side by side.
constexpr double width = 360, height = 170, left = 44, top = 10, floor_at = 144;
constexpr double plot_width = width - left - 8, plot_height = floor_at - top;

// The least of 1, 2, 5 times a power of ten that is as much.
double round_up(double value) {
  if (!(value > 0)) return 1;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (step * power >= value) return step * power;
  }
  return 10 * power;
}

std::string short_number(double value) {
  if (value >= 1e9) return fmt::format("{:.3g} G", value / 1e9);
  if (value >= 1e6) return fmt::format("{:.3g} M", value / 1e6);
  if (value >= 1e3) return fmt::format("{:.3g} k", value / 1e3);
  return fmt::format("{:.3g}", value);
}

double y_of(double value, double most) { return floor_at - plot_height * value / most; }

std::string text_at(double x, double y, std::string_view anchor, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                     html_text(text));
}

std::string grid(double most) {
  std::string out;
  for (const double share : {0.0, 0.5, 1.0}) {
    const double y = y_of(share * most, most);
    out += fmt::format("<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>",
                       left, width - 8, y, y);
    out += text_at(left - 5, y + 4, "end", short_number(share * most));
  }
  return out;
}

std::string marks_of(const std::vector<axis_mark>& marks) {
  std::string out;
  for (const auto& [at, text] : marks) {
    const std::string_view anchor = at < 0.08 ? "start" : at > 0.92 ? "end" : "middle";
    out += text_at(left + at * plot_width, floor_at + 16, anchor, text);
  }
  return out;
}

std::string figure(std::string_view caption, std::string_view told, const std::string& inside) {
  return fmt::format(
      "<figure><figcaption>{0}</figcaption><svg viewBox=\"0 0 {1} {2}\" role=\"img\" "
      "aria-label=\"{0}. {3}\">{4}</svg></figure>\n",
      html_text(caption), width, height, html_text(told), inside);
}

double x_of(double at) { return left + at * plot_width; }

std::string line_of(const chart_line& of, double most, std::string_view dashes) {
  std::string path, dots;
  for (const chart_point& one : of.points) {
    const double x = x_of(one.at), y = y_of(one.value, most);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x, y);
    dots += fmt::format(
        "<circle class=\"dot\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}</title></circle>", x,
        y, html_text(one.told));
  }
  return fmt::format("<path class=\"line {}\" d=\"{}\"/>", dashes, path) + dots;
}

// What its dashes mean, left above.
std::string key_of(const chart_line& of, std::size_t place, std::string_view dashes) {
  const double y = top + 8 + 14 * static_cast<double>(place);
  return fmt::format("<path class=\"line {}\" d=\"M{:.1f} {:.1f}h22\"/>", dashes, left + 6, y - 4) +
         text_at(left + 32, y, "start", of.name);
}

std::string uprights(const std::vector<axis_mark>& marked) {
  std::string out;
  for (const auto& [at, name] : marked) {
    const double x = x_of(at);
    out += fmt::format("<line class=\"knee\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>",
                       x, top, floor_at);
    out += fmt::format("<text class=\"said\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"{}\">{}</text>",
                       at < 0.5 ? x + 4 : x - 4, floor_at - 6, at < 0.5 ? "start" : "end",
                       html_text(name));
  }
  return out;
}

}  // namespace

std::string bar_chart(std::string_view caption, const std::vector<chart_bar>& bars,
                      const std::vector<axis_mark>& marks) {
  double most = 0;
  std::string told;
  for (const auto& one : bars) {
    most = std::max(most, one.value);
    if (one.value > 0) told += one.told + "; ";
  }
  most = round_up(most);
  std::string inside = grid(most);
  const double step = plot_width / static_cast<double>(std::max<std::size_t>(1, bars.size()));
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (!(bars[i].value > 0)) continue;
    const double y = std::min(y_of(bars[i].value, most), floor_at - 1);  // one is seen, too
    inside += fmt::format(
        "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">"
        "<title>{}</title></rect>",
        left + static_cast<double>(i) * step, y, std::max(1.0, step - 1), floor_at - y,
        html_text(bars[i].told));
  }
  return figure(caption, told, inside + marks_of(marks));
}

std::string line_chart(std::string_view caption, const std::vector<chart_line>& lines,
                       const std::vector<axis_mark>& marks, const std::vector<axis_mark>& marked) {
  constexpr std::string_view dashes[] = {"", "second", "third"};
  double largest = 0;
  std::string told;
  for (const chart_line& line : lines) {
    for (const chart_point& one : line.points) {
      largest = std::max(largest, one.value);
      told += one.told + "; ";
    }
  }
  const double most = round_up(largest);
  std::string inside = grid(most) + uprights(marked);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    inside += line_of(lines[i], most, dashes[i % 3]) + key_of(lines[i], i, dashes[i % 3]);
  }
  return figure(caption, told, inside + marks_of(marks));
}

std::string area_chart(std::string_view caption, const std::vector<double>& values,
                       std::string_view unit, const std::vector<axis_mark>& marks) {
  double largest = 0;
  for (const double one : values) largest = std::max(largest, one);
  const double most = round_up(largest);
  const double step = plot_width / static_cast<double>(std::max<std::size_t>(1, values.size()));
  std::string path = fmt::format("M{} {}", left, floor_at);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = left + static_cast<double>(i) * step, y = y_of(values[i], most);
    path += fmt::format("L{:.1f} {:.1f}L{:.1f} {:.1f}", x, y, x + step, y);
  }
  path += fmt::format("L{:.1f} {}Z", left + plot_width, floor_at);
  const std::string told = fmt::format("At most {} {}", short_number(largest), unit);
  return figure(
      caption, told,
      grid(most) + fmt::format("<path class=\"area\" d=\"{}\"/>", path) + marks_of(marks));
}

}  // namespace retort::engine
