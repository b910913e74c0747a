#include "engine/filters/known_texts.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>

using namespace retort::engine;

namespace {

std::string words(std::mt19937& random, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += fmt::format("w{} ", random() % 5000);
  return out;
}

}  // namespace

TEST_CASE("texts that are nearly one are found, and those that share little are not") {
  std::mt19937 random(1);
  known_texts known(0.8);
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i) {
    texts.push_back(words(random, 200));
    const auto trace = known.trace_of(texts.back());
    CHECK_FALSE(known.find(trace).has_value());
    known.add(trace, fmt::format("q{}", i));
  }
  int found = 0;
  for (int i = 0; i < 500; ++i) {
    // Behind it another 10 of 206 words: 196 of 206 grams are shared.
    const auto met = known.find(known.trace_of(texts[i] + words(random, 10)));
    found += met && met->ends_with(fmt::format(" like q{}", i));
  }
  CHECK(found >= 495);
  for (int i = 0; i < 500; ++i) {  // half of it another's
    CHECK_FALSE(known.find(known.trace_of(texts[i].substr(0, 500) + words(random, 100))));
  }
}

TEST_CASE("of many short texts none is taken for another") {
  known_texts known(0.8);
  for (int i = 0; i < 3000; ++i) {
    const auto trace = known.trace_of(fmt::format("{{\"answer\": \"{}\"}}", i));
    CHECK_FALSE(known.find(trace).has_value());
    known.add(trace, fmt::format("q{}", i));
  }
}

TEST_CASE("near texts differ by what they compute, and short ones are one gram") {
  known_texts known(0.8);
  known.add(known.trace_of("3 + 5"), "a");
  CHECK_FALSE(known.find(known.trace_of("3 - 5")).has_value());
  CHECK(known.find(known.trace_of("3 + 5.")) == "1.00 like a");
  CHECK(known.find(known.trace_of("3 + 5 ")) == "the same as a");
  CHECK_FALSE(known.find(known.trace_of("-3 + 5")).has_value());
  CHECK_FALSE(known.find(known.trace_of("")).has_value());
}

TEST_CASE(
    "what very many texts share costs no more than so many comparisons, and no exact one is "
    "missed") {
  std::mt19937 random(2);
  known_texts known(0.95);
  std::string common = words(random, 60);
  std::vector<std::string> texts;
  for (int i = 0; i < 2000; ++i) {
    texts.push_back(common + words(random, 30));
    known.add(known.trace_of(texts.back()), fmt::format("q{}", i));
  }
  for (int i = 0; i < 2000; ++i) {
    CHECK(known.find(known.trace_of(texts[i])) == fmt::format("the same as q{}", i));
  }
}
