#include "io/dataset/line_splitter.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/memory_source.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr std::size_t roomy = 1000;

struct kept_line {
  std::string text;
  std::uint64_t number;
  bool too_long = false;

  bool operator==(const kept_line&) const = default;
};

std::vector<kept_line> lines_of(io::line_splitter& splitter) {
  std::vector<kept_line> kept;
  for (;;) {
    const auto next = splitter.next();
    REQUIRE(next.has_value());
    if (!*next) return kept;
    kept.push_back({std::string((**next).text), (**next).number, (**next).too_long});
  }
}

// Blocks and reads of every size that can matter to a text of this length.
void check_everywhere(std::string_view text, std::size_t max_line,
                      const std::vector<kept_line>& expected) {
  for (std::size_t block = 1; block <= text.size() + 2; ++block) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, text.size() + 1}) {
      CAPTURE(text);
      CAPTURE(block);
      CAPTURE(piece);
      io::line_splitter splitter(from_memory(text, piece), max_line, block);
      const bool same = lines_of(splitter) == expected;
      CHECK(same);
    }
  }
}

}  // namespace

TEST_CASE("lines come whole wherever the blocks end") {
  struct {
    std::string text;
    std::vector<kept_line> lines;
  } const cases[] = {
      {"", {}},
      {"a", {{"a", 1}}},
      {"a\n", {{"a", 1}}},
      {"a\nb", {{"a", 1}, {"b", 2}}},
      {"\n", {{"", 1}}},
      {"\n\n", {{"", 1}, {"", 2}}},
      {"a\n\nb\n", {{"a", 1}, {"", 2}, {"b", 3}}},
      {"one\ntwo two\na third, much longer line\n4\n",
       {{"one", 1}, {"two two", 2}, {"a third, much longer line", 3}, {"4", 4}}},
  };
  for (const auto& c : cases) check_everywhere(c.text, roomy, c.lines);
}

TEST_CASE("a carriage return belongs to the line's end, and nowhere else") {
  struct {
    std::string text;
    std::vector<kept_line> lines;
  } const cases[] = {
      {"a\r\nb\r\n", {{"a", 1}, {"b", 2}}},
      {"a\r\nb\nc\r\n", {{"a", 1}, {"b", 2}, {"c", 3}}},
      {"\r\n", {{"", 1}}},
      {"a\r", {{"a", 1}}},
      {"a\rb\n", {{"a\rb", 1}}},
      {"a\r\r\n", {{"a\r", 1}}},
  };
  for (const auto& c : cases) check_everywhere(c.text, roomy, c.lines);
}

TEST_CASE("bytes that are not text pass through") {
  const std::string text("a\0b\n\xFF\xFE\n", 7);
  check_everywhere(text, roomy, {{std::string("a\0b", 3), 1}, {"\xFF\xFE", 2}});
}

TEST_CASE("a line beyond the limit is passed over, and the next one is read") {
  struct {
    std::string text;
    std::vector<kept_line> lines;
  } const cases[] = {
      {"12345\n", {{"12345", 1}}},
      {"12345\r\n", {{"12345", 1}}},
      {"12345", {{"12345", 1}}},
      {"12345\r", {{"12345", 1}}},
      {"123456\n", {{"", 1, true}}},
      {"123456", {{"", 1, true}}},
      {"123456\r\n", {{"", 1, true}}},
      {"1234567\r\n", {{"", 1, true}}},
      {"a\n1234567890123456789\nb\n", {{"a", 1}, {"", 2, true}, {"b", 3}}},
      {"1234567890\n1234567890\n12345", {{"", 1, true}, {"", 2, true}, {"12345", 3}}},
      {"a\n1234567890123456789", {{"a", 1}, {"", 2, true}}},
      {"1234567890\n\n", {{"", 1, true}, {"", 2}}},
  };
  for (const auto& c : cases) check_everywhere(c.text, 5, c.lines);
}

TEST_CASE("a line is given out before more than it is read") {
  const error broken{errc::unreadable, "memory: Input/output error"};
  auto source = std::make_unique<memory_source>("a\nb\nhalf", 2, broken);
  io::line_splitter splitter(std::move(source), roomy, 100);
  CHECK((**splitter.next()).text == "a");
  CHECK((**splitter.next()).text == "b");
  CHECK(splitter.next().error().message == broken.message);
}

TEST_CASE("an error while a long line is passed over comes through") {
  const error broken{errc::unreadable, "memory: Input/output error"};
  io::line_splitter splitter(std::make_unique<memory_source>("1234567890", 2, broken), 3, 4);
  CHECK(splitter.next().error().message == broken.message);
}
