// Pairs of an answer and its reference that say the same, and pairs that do not.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "engine/math/math_judge.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

std::string_view take_field(std::string_view& from, std::string_view end) {
  const auto taken = from.substr(0, from.find(end));
  from.remove_prefix(std::min(taken.size() + end.size(), from.size()));
  return taken;
}

std::string with_line_breaks(std::string_view text) {
  std::string out(take_field(text, "⏎"));
  while (!text.empty()) out.append("\n").append(take_field(text, "⏎"));
  return out;
}

// Of math_pairs/NAME.txt: "answer ;; reference ;; another reference" lines; ⏎ ends a line of a
// field, # heads a kind. How many pairs it holds.
int check_pairs(const std::string& name, math_judgement::outcome wanted) {
  const std::string all =
      test::content_of(test::in_source("tests/engine/math/math_pairs/" + name + ".txt"));
  int pairs = 0;
  for (std::string_view table = all; !table.empty();) {
    std::string_view references = take_field(table, "\n");
    if (references.empty() || references.starts_with("# ")) continue;
    const std::string answer = with_line_breaks(take_field(references, " ;; "));
    CAPTURE(answer);
    for (; !references.empty(); ++pairs) {
      const std::string reference = with_line_breaks(take_field(references, " ;; "));
      CAPTURE(reference);
      const auto judged = judge_math(answer, reference);
      CAPTURE(judged.detail);
      CHECK(judged.what == wanted);
    }
  }
  return pairs;
}

// A blank with three digits behind it may part thousands: 12 345.
bool may_part_thousands(std::string_view behind) {
  return std::min(behind.find_first_not_of("0123456789"), behind.size()) == 3;
}

// \frac14 takes its digits one by one.
bool is_behind_command(std::string_view before) { return before.ends_with("frac"); }

// With a blank before each digit that stands behind another, one at a time. How many there are.
int check_parted_digits(const std::string& whole, const std::string& blank) {
  const auto is_digit = [&](std::size_t at) { return whole[at] >= '0' && whole[at] <= '9'; };
  int parted = 0;
  for (std::size_t at = 1; at < whole.size(); ++at) {
    if (!is_digit(at - 1) || !is_digit(at)) continue;
    if (may_part_thousands(std::string_view(whole).substr(at))) continue;
    if (is_behind_command(std::string_view(whole).substr(0, at - 1))) continue;
    const std::string apart = whole.substr(0, at) + blank + whole.substr(at);
    CAPTURE(apart);
    CHECK(judge_math("\\boxed{" + apart + "}", whole).what != math_judgement::outcome::same);
    CHECK(judge_math("\\boxed{" + whole + "}", apart).what != math_judgement::outcome::same);
    ++parted;
  }
  return parted;
}

}  // namespace

TEST_CASE("a number is never the same with a blank between two of its digits") {
  int parted = 0;
  for (const std::string name : {"right", "wrong"}) {
    const std::string all =
        test::content_of(test::in_source("tests/engine/math/math_pairs/" + name + ".txt"));
    for (std::string_view table = all; !table.empty();) {
      for (auto line = take_field(table, "\n"); !line.empty();) {
        const std::string one(take_field(line, " ;; "));
        CAPTURE(one);
        for (const std::string blank : {" ", "\u00a0"}) parted += check_parted_digits(one, blank);
      }
    }
  }
  CHECK(parted > 900);
}

TEST_CASE("answers that are mathematically what the reference says") {
  CHECK(check_pairs("right", math_judgement::outcome::same) > 250);
}

TEST_CASE("answers that only look like the reference") {
  CHECK(check_pairs("wrong", math_judgement::outcome::different) > 250);
}
