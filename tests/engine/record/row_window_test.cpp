#include "engine/record/row_window.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace retort;
using namespace retort::engine;

namespace {

io::row as_row(std::uint64_t ordinal, std::string_view text) { return {ordinal, 3, 7, text, ""}; }

std::vector<std::uint64_t> order_of(const std::vector<std::string>& beginnings) {
  row_window window(1);
  for (std::size_t i = 0; i < beginnings.size(); ++i) window.add(as_row(i, "{}"), beginnings[i]);
  std::vector<std::uint64_t> out;
  for (const io::row* one : window.in_order()) out.push_back(one->ordinal);
  return out;
}

// What nobody could get wrong.
std::vector<std::uint64_t> plainly_sorted(const std::vector<std::string>& beginnings) {
  std::vector<std::uint64_t> out(beginnings.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
  std::ranges::stable_sort(out, {}, [&](std::uint64_t i) { return beginnings[i]; });
  return out;
}

}  // namespace

TEST_CASE("rows come by how their prompts begin, and of the same by where they stood") {
  using texts = std::vector<std::string>;
  const texts table[] = {
      {},
      {"a"},
      {"", "", ""},
      {"b", "a", "b", "a"},
      {"", "x", ""},
      {"template: b", "template: a", "template: b, more", "template: ", "template: c", "other"},
      {"abc", "abcd", "ab", "abce", "abb", "abd", "abc"},
      {std::string("a\0b", 3), "a", "a\xff", "az", "a\xc3\xa9"},
  };
  for (const texts& beginnings : table) {
    CAPTURE(beginnings.size());
    CHECK(order_of(beginnings) == plainly_sorted(beginnings));
  }
}

TEST_CASE("any beginnings are ordered as a plain sort of the whole texts orders them") {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> beginnings(1 + random() % 40);
    for (std::string& one : beginnings) {
      const std::size_t length = random() % 7;
      for (std::size_t i = 0; i < length; ++i) one += "ab\xf0"[random() % 3];
    }
    CAPTURE(round);
    REQUIRE(order_of(beginnings) == plainly_sorted(beginnings));
  }
}

TEST_CASE("a row is kept whole, whatever becomes of what it was read from") {
  row_window window(1);
  {
    std::string text = R"({"q": 1})", beginning = "begins";
    io::row bad = as_row(5, "");
    bad.problem = "no row";
    window.add(as_row(9, text), beginning);
    window.add(bad, "");
    text.assign(text.size(), '?');
  }
  const auto rows = window.in_order();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]->problem == "no row");
  CHECK(rows[0]->ordinal == 5);
  CHECK(rows[1]->text == R"({"q": 1})");
  CHECK(rows[1]->ordinal == 9);
  CHECK(rows[1]->file == 3);
  CHECK(rows[1]->line == 7);
}

TEST_CASE("a window is full by what it holds in memory; what all prompts begin with counts once") {
  constexpr std::size_t most = 1 << 20;
  const std::string system(10'000, 's'), text(1'000, 't');
  const auto rows_in = [&](const auto& beginning_of) {
    row_window window(most);
    CHECK(window.is_empty());
    std::size_t rows = 0;
    for (; !window.is_full(); ++rows) window.add(as_row(rows, text), beginning_of(rows));
    CHECK_FALSE(window.is_empty());
    return rows;
  };
  const std::size_t alike = rows_in([&](std::size_t n) { return system + std::to_string(n); });
  const std::size_t apart = rows_in([&](std::size_t n) { return std::to_string(n) + system; });
  CHECK(alike > most / 1'300);
  CHECK(alike < most / 1'000);
  CHECK(apart > most / 12'000);
  CHECK(apart < most / 10'000);
}
