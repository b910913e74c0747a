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

}  // namespace

TEST_CASE("answers that are mathematically what the reference says") {
  CHECK(check_pairs("right", math_judgement::outcome::same) > 250);
}

TEST_CASE("answers that only look like the reference") {
  CHECK(check_pairs("wrong", math_judgement::outcome::different) > 250);
}
