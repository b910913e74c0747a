#include "engine/text/near_miss.hpp"

#include <doctest/doctest.h>

#include <vector>

using retort::engine::near_miss;

namespace {

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& among) {
  return near_miss(word, among);
}

}  // namespace

TEST_CASE("one slip in a short word, a third of a long one, is a near miss") {
  struct {
    std::string_view word, candidate;
    bool near;
  } const table[] = {
      {"modle", "model", true},  // two letters changed places: one slip
      {"mdel", "model", true},
      {"modell", "model", true},
      {"mobel", "model", true},
      {"model", "model", true},
      {"temprature", "temperature", true},
      {"tmpratur", "temperature", false},  // three edits, two allowed
      {"max_token", "max_tokens", true},
      {"concurency", "concurrency", true},
      {"a", "b", true},
      {"a", "bc", false},
      {"", "a", true},
      {"", "ab", false},
      {"Model", "model", true},
  };
  for (const auto& [word, candidate, near] : table) {
    CAPTURE(word);
    CAPTURE(candidate);
    CHECK(nearest(word, {candidate}) == (near ? candidate : ""));
  }
}

TEST_CASE("the nearest candidate wins, the first of several as near") {
  CHECK(nearest("answer", {"answers", "answer", "anser"}) == "answer");
  CHECK(nearest("answer", {"pattern", "answers", "anser"}) == "answers");
  CHECK(nearest("answer", {"pattern", "anser", "answers"}) == "anser");
}

TEST_CASE("without candidates, or with far ones alone, there is no near miss") {
  CHECK(nearest("answer", {}) == "");
  CHECK(nearest("answer", {"id", "question", "temperature"}) == "");
}

TEST_CASE("a message ends with the near miss, or as it is") {
  const std::vector<std::string_view> known = {"run", "check"};
  CHECK(retort::engine::did_you_mean("rn", known) == "; did you mean \"run\"?");
  CHECK(retort::engine::did_you_mean("distill", known) == "");
}
