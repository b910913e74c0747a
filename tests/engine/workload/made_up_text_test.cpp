#include "engine/workload/made_up_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace retort::engine;

TEST_CASE("a text has as many words as it was asked for, and is the stream's") {
  random_stream one(1, drawn_for::order), same(1, drawn_for::order), other(2, drawn_for::order);
  CHECK(made_up_text(0, one).empty());
  const std::string text = made_up_text(50, one);
  CHECK(std::ranges::count(text, ' ') == 49);
  CHECK(text == made_up_text(50, same));
  CHECK(text != made_up_text(50, other));
}

TEST_CASE("of a common text each beginning is the beginning of any longer one") {
  common_text all(random_stream(1, drawn_for::order));
  const std::string few(all.begin(5)), many(all.begin(50)), again(all.begin(5));
  CHECK(std::ranges::count(few, ' ') == 5);
  CHECK(std::ranges::count(many, ' ') == 50);
  CHECK(many.starts_with(few));
  CHECK(few == again);
  CHECK(all.begin(0).empty());
}
