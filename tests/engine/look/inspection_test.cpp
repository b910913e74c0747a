#include "engine/look/inspection.hpp"

#include <doctest/doctest.h>

#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

struct inspected_run {
  test::temporary_directory root;
  found_run of;

  explicit inspected_run(const std::vector<sample>& samples) {
    root.file("ledger.jsonl", test::ledger_of(samples));
    of.where.path = root.path();
  }
  mark_book marks() const {
    auto read = mark_book::read(root.path() + "/marks.jsonl");
    REQUIRE(read.has_value());
    return std::move(*read);
  }
  inspection open(const sample_filter& wanted = {}) const {
    auto made = inspection::open(of, wanted, marks());
    REQUIRE_MESSAGE(made.has_value(), made.error().message);
    return std::move(*made);
  }
};

}  // namespace

TEST_CASE("samples are found once each, as their last word was, and read again in any order") {
  const inspected_run run({test::failed(0, providers::failure_kind::timeout),
                           test::answered(1, "one"), test::answered(0, "at last"),
                           test::failed(2, providers::failure_kind::timeout)});
  inspection all = run.open();
  REQUIRE(all.size() == 3);
  CHECK(all.read(2)->id == "q2");
  CHECK(all.read(0)->completion.text == "one");
  CHECK(all.read(1)->completion.text == "at last");
  sample_filter failed;
  failed.verdict = verdict::failed;
  inspection few = run.open(failed);
  REQUIRE(few.size() == 1);
  CHECK(few.read(0)->id == "q2");
}

TEST_CASE("agreement is of all that is marked, whatever is shown") {
  const inspected_run run({test::answered(0, "a"), test::answered(1, "b"),
                           test::rejected(test::answered(2, "c"), reject_reason::incorrect)});
  mark_book marks = run.marks();
  REQUIRE(marks.set({0, 0, 0}, {"q0", true, ""}).has_value());
  REQUIRE(marks.set({1, 0, 0}, {"q1", false, ""}).has_value());
  REQUIRE(marks.set({2, 0, 0}, {"q2", false, ""}).has_value());
  sample_filter one;
  one.id = "q0";
  const inspection made = run.open(one);
  CHECK(made.agreement().agreed() == 2);
  CHECK(agreement_text(made.agreement()) ==
        "marks: 3 (1 good, 2 bad); the verdicts agree with 2 of them (kappa 0.40)");
  CHECK(agreement_text({}) == "no marks yet");
}

TEST_CASE("a sample is read beside its reference, with what was said of it") {
  sample one = test::rejected(test::answered(3, "5"), reject_reason::incorrect);
  one.evaluations = {{.name = "numeric", .score = 0, .detail = "5"},
                     {.name = "judge", .score = std::nullopt}};
  const mark note{"q3", false, "off by one"};
  CHECK(sample_text(one, "m", &note) ==
        "q3 · m · k 0 · rejected (incorrect)\n"
        "marked bad: off by one\n"
        "\nprompt:\nWhat is 3 + 1?\n"
        "\nreference:\n4\n"
        "\ncompletion:\n5\n"
        "\nevaluations:\nnumeric: 0 (5)\njudge: unscored\n");
}
