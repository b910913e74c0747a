// Charts as inline SVG, drawn with the page's colours. Plain SVG and no library, since a chart of a
// report is some bars or a line: without a script the page needs none at all, and can forbid them.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retort::engine {

struct chart_bar {
  double value = 0;
  std::string told;  // what stands beside the pointer, and is read aloud
};

// Where along the axis, from 0 to 1, and what it is called.
using axis_mark = std::pair<double, std::string>;

// A figure with its caption. Texts are escaped here.
std::string bar_chart(std::string_view caption, const std::vector<chart_bar>& bars,
                      const std::vector<axis_mark>& marks);
// The area under values of equal width; `unit` is of them.
std::string area_chart(std::string_view caption, const std::vector<double>& values,
                       std::string_view unit, const std::vector<axis_mark>& marks);

struct chart_point {
  double at = 0, value = 0;  // along the axis, from 0 to 1
  std::string told;
};
struct chart_line {
  std::string name;
  std::vector<chart_point> points;  // by `at`
};
// At most three lines, told apart by their dashes and names; `marked`: a place along the axis with
// its name, drawn as an upright.
std::string line_chart(std::string_view caption, const std::vector<chart_line>& lines,
                       const std::vector<axis_mark>& marks, const std::vector<axis_mark>& marked);

}  // namespace retort::engine
