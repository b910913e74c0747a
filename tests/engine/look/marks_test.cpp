#include "engine/look/marks.hpp"

#include <doctest/doctest.h>

#include "engine/evaluators/registry.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::engine;

TEST_CASE("marks are lines that are read as they were written, and by the evaluator scores") {
  const test::temporary_directory root;
  const std::string path = root.path() + "/marks.jsonl";
  auto book = mark_book::read(path);
  REQUIRE(book.has_value());
  CHECK(book->size() == 0);
  REQUIRE(book->set({1, 0, 0}, {"q1", true, "a \"note\"\x1b"}).has_value());
  REQUIRE(book->set({2, 0, 0}, {"q2", false, ""}).has_value());
  REQUIRE(book->set({2, 0, 0}, {"q2", true, "on second thoughts"}).has_value());
  REQUIRE(book->set({3, 1, 2, 1, 4}, {"q3", false, ""}).has_value());
  REQUIRE(book->unset({1, 0, 0}).has_value());
  const auto again = mark_book::read(path);
  REQUIRE(again.has_value());
  CHECK(again->size() == 2);
  CHECK(again->find({1, 0, 0}) == nullptr);
  REQUIRE(again->find({2, 0, 0}));
  CHECK(again->find({2, 0, 0})->is_good);
  CHECK(again->find({2, 0, 0})->note == "on second thoughts");
  CHECK_FALSE(again->find({3, 1, 2, 1, 4})->is_good);

  const evaluator_config config{.kind = "scores", .keys = {{"path", {path}}}};
  const auto scores = make_evaluator(config, evaluator_kinds());
  REQUIRE_MESSAGE(scores.has_value(), scores.error().message);
  const providers::completion any;
  CHECK(scores->evaluate({.answer = "", .reference = {}, .completion = any, .id = "q2"}).score ==
        1);
  CHECK(scores->evaluate({.answer = "", .reference = {}, .completion = any, .id = "q3"}).score ==
        0);
}

TEST_CASE("two who mark at once lose none of each other's marks") {
  const test::temporary_directory root;
  const std::string path = root.path() + "/marks.jsonl";
  auto one = mark_book::read(path), other = mark_book::read(path);
  REQUIRE(one->set({1, 0, 0}, {"a", true, ""}).has_value());
  REQUIRE(other->set({2, 0, 0}, {"b", true, ""}).has_value());
  CHECK(mark_book::read(path)->size() == 2);
}

TEST_CASE("a file that holds no marks is left as it is") {
  const test::temporary_directory root;
  const std::string path = root.file("marks.jsonl", "{\"mine\":1}\n");
  const auto read = mark_book::read(path);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().message == path + ":1: is no mark of retort inspect");
  CHECK(test::content_of(path) == "{\"mine\":1}\n");
  test::make_unreadable(path);  // or all marks would seem to be gone, and be written anew
  CHECK(mark_book::read(path).error().code == errc::unreadable);
}

// Cohen's own way of counting, on the example of Wikipedia's "Cohen's kappa" (2024): of 50 grants
// both said yes to 20 and no to 15; the first alone to 5, the second alone to 10.
TEST_CASE("kappa is that of the example") {
  CHECK_FALSE(mark_agreement().kappa().has_value());
  const mark_agreement grants{20, 5, 10, 15};
  CHECK(*grants.kappa() == doctest::Approx(0.4));
  CHECK(grants.agreed() == 35);
  CHECK_FALSE(mark_agreement{7, 0, 0, 0}.kappa().has_value());  // chance alone agrees on all
  CHECK(mark_agreement{3, 0, 0, 4}.kappa() == 1);
}
