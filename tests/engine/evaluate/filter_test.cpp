#include "engine/evaluate/filter.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace retort::engine;
using retort::providers::finish;

namespace {

constexpr auto right = agreement::correct;
constexpr auto wrong = agreement::incorrect;

// "" when the sample is accepted.
std::string verdict_of(const filter_config& filter, std::optional<std::string_view> text,
                       agreement evaluated, finish how = finish::stop) {
  const auto reason = why_rejected(filter, text, how, evaluated);
  return reason ? std::string(name(*reason)) : "";
}

const std::vector<finish> every_finish{finish::unknown,    finish::stop,           finish::length,
                                       finish::tool_calls, finish::content_filter, finish::refusal,
                                       finish::other};

}  // namespace

TEST_CASE("the reasons are asked in one order and the first that applies counts") {
  const filter_config impossible{true, 10, 5};
  CHECK(verdict_of(impossible, std::nullopt, wrong) == "error");
  CHECK(verdict_of(impossible, "", wrong) == "no_output");
  CHECK(verdict_of(impossible, "1234567", wrong) == "incorrect");
  CHECK(verdict_of(impossible, "1234567", right) == "too_short");
  CHECK(verdict_of(impossible, "12345678901", right) == "too_long");
  CHECK(verdict_of({true, 5, 10}, "1234567", right) == "");
}

TEST_CASE("failed and empty samples are rejected whatever the filter") {
  const filter_config open{false, std::nullopt, std::nullopt};
  CHECK(verdict_of(open, std::nullopt, right) == "error");
  CHECK(verdict_of(open, "", right) == "no_output");
  CHECK(verdict_of(open, " \t\r\n", right) == "no_output");
  CHECK(verdict_of(open, "\u00a0", right) == "no_output");
  CHECK(verdict_of(open, "\u200b", right) == "no_output");
  CHECK(verdict_of(open, "x", wrong) == "");
  CHECK(verdict_of(open, "x", wrong) == "");
}

TEST_CASE("an answer that was cut off is no training data, right or wrong") {
  for (const auto how : {finish::length, finish::content_filter, finish::other, finish::refusal}) {
    CAPTURE(static_cast<int>(how));
    CHECK(verdict_of({}, "8", right, how) == "cut_off");
    CHECK(verdict_of({}, "9", wrong, how) == "cut_off");
    CHECK(verdict_of({false, {}, {}}, "x", wrong, how) == "cut_off");
  }
  for (const auto how : {finish::stop, finish::tool_calls, finish::unknown}) {
    CAPTURE(static_cast<int>(how));
    CHECK(verdict_of({}, "8", right, how) == "");
  }
}

TEST_CASE("an empty answer that ran out of tokens was cut off; one that declined has no output") {
  CHECK(verdict_of({}, "", wrong, finish::length) == "cut_off");
  CHECK(verdict_of({}, " ", wrong, finish::content_filter) == "cut_off");
  CHECK(verdict_of({}, "", wrong, finish::refusal) == "no_output");
  CHECK(verdict_of({}, "", wrong, finish::stop) == "no_output");
  CHECK(verdict_of({}, "", wrong, finish::unknown) == "no_output");
}

TEST_CASE("filter.finish says what an answer may have ended with") {
  for (const auto allowed : every_finish) {
    for (const auto how : every_finish) {
      CAPTURE(static_cast<int>(how));
      CHECK(verdict_of({true, {}, {}, {allowed}}, "8", right, how) ==
            (how == allowed ? "" : "cut_off"));
    }
  }
  CHECK(verdict_of({true, {}, {}, {finish::stop, finish::length}}, "9", wrong, finish::length) ==
        "incorrect");
}

TEST_CASE("only_correct accepts what the deciding evaluator holds correct") {
  const filter_config only_correct{true, std::nullopt, std::nullopt};
  CHECK(verdict_of(only_correct, "8", right) == "");
  CHECK(verdict_of(only_correct, "9", wrong) == "incorrect");
  CHECK(verdict_of({false, {}, {}}, "9", wrong) == "");
}

TEST_CASE("only_correct left open means yes once there is an evaluator") {
  const std::vector<evaluator_config> one(1);
  CHECK(with_defaults({}, one).only_correct == true);
  CHECK(with_defaults({}, {}).only_correct == false);
  CHECK(with_defaults({false, {}, {}}, one).only_correct == false);
  CHECK(with_defaults({true, {}, {}}, {}).only_correct == true);
  CHECK(with_defaults({true, 3, 4}, {}).min_length == 3);
  CHECK(verdict_of({}, "8", wrong) == "incorrect");
}

TEST_CASE("what could not be told is unscored, never incorrect, and asked after what was cut off") {
  CHECK(verdict_of({}, "9", agreement::unscored) == "unscored");
  CHECK(verdict_of({true, 5, {}}, "9", agreement::unscored) == "unscored");
  CHECK(verdict_of({}, "9", agreement::unscored, finish::length) == "cut_off");
  CHECK(verdict_of({}, " ", agreement::unscored) == "no_output");
  CHECK(verdict_of({false, {}, {}}, "9", agreement::unscored) == "");
}

TEST_CASE("length bounds are inclusive") {
  const filter_config bounds{false, 3, 5};
  const std::vector<std::string> expected{"no_output", "too_short", "too_short", "",
                                          "",          "",          "too_long"};
  for (std::size_t length = 0; length < expected.size(); ++length) {
    CAPTURE(length);
    CHECK(verdict_of(bounds, std::string(length, 'x'), wrong) == expected[length]);
  }
  CHECK(verdict_of({false, 3, {}}, std::string(1000, 'x'), wrong) == "");
  CHECK(verdict_of({false, {}, 3}, "x", wrong) == "");
  CHECK(verdict_of({false, 3, 3}, "xxx", wrong) == "");
}

TEST_CASE("lengths count code points of the completion as it came") {
  CHECK(verdict_of({false, 3, 3}, "é€😀", wrong) == "");
  CHECK(verdict_of({false, {}, 2}, "é€😀", wrong) == "too_long");
  CHECK(verdict_of({false, 3, {}}, "é€", wrong) == "too_short");
  CHECK(verdict_of({false, 3, 3}, " x\n", wrong) == "");
}

TEST_CASE("reasons have the names that ledgers and reports use") {
  CHECK(name(reject_reason::error) == "error");
  CHECK(name(reject_reason::no_output) == "no_output");
  CHECK(name(reject_reason::incorrect) == "incorrect");
  CHECK(name(reject_reason::too_short) == "too_short");
  CHECK(name(reject_reason::too_long) == "too_long");
  CHECK(name(reject_reason::cut_off) == "cut_off");
  CHECK(name(reject_reason::unscored) == "unscored");
}
