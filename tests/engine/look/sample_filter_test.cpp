#include "engine/look/sample_filter.hpp"

#include <doctest/doctest.h>

#include "tests/support/samples.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

score_condition condition(const std::string& text) {
  auto read = read_score_condition(text);
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  return std::move(*read);
}

bool lets(const std::string& text, std::optional<double> score) {
  sample one = test::answered(0, "x");
  one.evaluations = {{.name = "judge", .score = score}};
  sample_filter wanted;
  wanted.scores.push_back(condition(text));
  return wanted.lets(one);
}

}  // namespace

TEST_CASE("conditions on scores hold as they read") {
  CHECK(lets("judge<0.5", 0.4));
  CHECK_FALSE(lets("judge<0.5", 0.5));
  CHECK(lets("judge<=0.5", 0.5));
  CHECK(lets("judge>=0.5", 0.5));
  CHECK_FALSE(lets("judge>0.5", 0.5));
  CHECK(lets("judge=1", 1));
  CHECK(lets("judge=unscored", std::nullopt));
  CHECK_FALSE(lets("judge<1", std::nullopt));
  CHECK_FALSE(lets("other<1", 0));
}

TEST_CASE("what is no condition, verdict or reason is said to be none, with what was expected") {
  for (const char* text : {"", "judge", "<1", "judge<", "judge<x", "judge<1x"}) {
    CAPTURE(text);
    CHECK_FALSE(read_score_condition(text).has_value());
  }
  CHECK(read_verdict_word("acepted").error().message.find("accepted, rejected, failed") !=
        std::string::npos);
  CHECK(read_reason_word("incorect").error().message.find("did you mean \"incorrect\"?") !=
        std::string::npos);
  CHECK(*read_reason_word("too_long") == reject_reason::too_long);
}

TEST_CASE("all that is asked for must hold of a sample") {
  sample one = test::rejected(test::answered(3, "Paris, I think"), reject_reason::incorrect);
  sample_filter wanted;
  CHECK(wanted.lets(one));
  wanted.verdict = verdict::rejected;
  wanted.reason = reject_reason::incorrect;
  wanted.id = "q3";
  wanted.text = "3 + 1";  // of the prompt
  wanted.variant = 0;
  CHECK(wanted.lets(one));
  wanted.text = "Paris";
  CHECK(wanted.lets(one));
  wanted.text = "paris";
  CHECK_FALSE(wanted.lets(one));
  wanted.text.clear();
  wanted.variant = 1;
  CHECK_FALSE(wanted.lets(one));
}
