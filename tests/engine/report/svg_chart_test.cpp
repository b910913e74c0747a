#include "engine/report/svg_chart.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a bar stands for each value, however small beside the others") {
  const std::string made =
      bar_chart("A <b>", {{1'000'000, "many"}, {0, "none"}, {1, "one & more"}}, {{0, "0"}});
  CHECK(count(made, "<rect") == 2);
  CHECK(count(made, "height=\"1.0\"") == 1);
  CHECK(count(made, "one &amp; more") == 2);  // beside the pointer, and read aloud
  CHECK(count(made, "A &lt;b&gt;") == 2);
  CHECK(count(made, "none") == 0);
}

TEST_CASE("a chart of nothing is an empty chart") {
  CHECK(count(bar_chart("x", {}, {}), "<rect") == 0);
  CHECK(count(area_chart("x", {}, "s", {}), "nan") == 0);
  CHECK(count(area_chart("x", {0, 0}, "s", {}), "nan") == 0);
}

TEST_CASE("lines are told apart by dashes and names, and a mark is an upright with its name") {
  const std::string chart =
      line_chart("c", {{"p50", {{0, 1, "a: 1"}, {1, 3, "b: 3"}}}, {"p<9", {{0.5, 2, "c"}}}},
                 {{0, "1"}, {1, "2"}}, {{0.5, "knee & all"}});
  CHECK(chart.find("<path class=\"line \" d=\"M44.0 ") != chart.npos);
  CHECK(chart.find("<path class=\"line second\"") != chart.npos);
  CHECK(chart.find(">p&lt;9<") != chart.npos);
  CHECK(chart.find(">knee &amp; all<") != chart.npos);
  CHECK(chart.find("<title>b: 3</title>") != chart.npos);
}
