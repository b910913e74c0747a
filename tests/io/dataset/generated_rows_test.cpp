#include "io/dataset/generated_rows.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace retort;

namespace {

std::vector<std::string> rows_of(std::uint64_t n, std::vector<io::generated_column> columns) {
  const auto from = io::generated_rows(n, std::move(columns));
  std::vector<std::string> out;
  for (;;) {
    const auto next = from->next();
    REQUIRE(next.has_value());
    if (!*next) return out;
    CHECK((*next)->line == out.size() + 1);
    out.emplace_back((*next)->text);
  }
}

}  // namespace

TEST_CASE("a row is the same whatever the number of rows, and a field whatever the others") {
  const io::generated_column topic{"topic", {"\"a\"", "\"b\"", "\"c\""}},
      level{"level", {"1", "2"}};
  const auto ten = rows_of(10, {topic, level});
  auto more = rows_of(1000, {topic, level});
  CHECK(rows_of(0, {topic}).empty());
  more.resize(10);
  CHECK(more == ten);
  const auto alone = rows_of(10, {topic});
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(ten[i].starts_with(alone[i].substr(0, alone[i].size() - 1) + ",\"level\":"));
  }
  // Configs are shared: what they make must not change from one version to the next.
  std::string drawn;
  for (const std::string& row : alone) drawn += row[10];
  CHECK(drawn == "ccccbaacbc");
}

TEST_CASE("each value is drawn about as often, and two fields apart from each other") {
  std::map<std::string, int> times;
  for (const auto& row : rows_of(6000, {{"a\"", {"1", "2", "3"}}, {"b", {"1", "{\"x\":[]}"}}})) {
    ++times[row];
  }
  CHECK(times.size() == 6);
  CHECK(times.contains(R"({"a\"":3,"b":{"x":[]}})"));
  for (const auto& [row, n] : times) CHECK((n > 850 && n < 1150));  // deviation 29
}

TEST_CASE("rows without fields are empty objects") {
  CHECK(rows_of(2, {}) == std::vector<std::string>{"{}", "{}"});
}
