// Pairs of an answer and its reference, in the forms in which models and datasets write numbers.
#include <doctest/doctest.h>

#include <string>

#include "engine/evaluators/numeric.hpp"
#include "tests/support/evaluators.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

// The text up to `end`, off the front of `from` with what ends it.
std::string_view take_up_to(std::string_view& from, std::string_view end) {
  const auto taken = from.substr(0, from.find(end));
  from.remove_prefix(std::min(taken.size() + end.size(), from.size()));
  return taken;
}

std::string with_line_ends(std::string_view text) {
  std::string out(take_up_to(text, "⏎"));
  while (!text.empty()) out.append("\n").append(take_up_to(text, "⏎"));
  return out;
}

// Of numeric_pairs/NAME.txt. "answer ;; reference ;; another reference" lines; ⏎ ends a line of the
// answer, # heads a kind.
void check(const std::string& name, double score, const std::string& decimal = "point") {
  const std::string all =
      test::content_of(test::in_source("tests/engine/evaluators/numeric_pairs/" + name + ".txt"));
  REQUIRE_FALSE(all.empty());
  std::string_view table = all;
  const auto numeric = test::made(test::configured("numeric", {{"decimal", decimal}}));
  while (!table.empty()) {
    std::string_view references = take_up_to(table, "\n");
    if (references.empty() || references.starts_with("# ")) continue;
    const std::string answer = with_line_ends(take_up_to(references, " ;; "));
    CAPTURE(answer);
    while (!references.empty()) {
      const std::string reference(take_up_to(references, " ;; "));
      CAPTURE(reference);
      CHECK(test::judged(numeric, answer, reference).score == score);
    }
  }
}

}  // namespace

TEST_CASE("right answers in the forms in which models write them") { check("right", 1); }

TEST_CASE("wrong answers that hold the reference's digits, and answers that are no one number") {
  check("wrong", 0);
}

TEST_CASE("the forms of where the decimals stand behind a comma") {
  check("right_comma", 1, "comma");
  check("wrong_comma", 0, "comma");
}
