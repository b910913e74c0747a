#include "providers/stream/block_text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using retort::providers::block_text;

namespace {

std::string joined(const std::vector<std::pair<int, std::string>>& pieces) {
  block_text blocks;
  std::string text;
  for (const auto& [index, piece] : pieces) {
    CHECK(blocks.add(index, piece, text) == !piece.empty());
  }
  blocks.join(text);
  return text;
}

}  // namespace

TEST_CASE("blocks stand in the order in which they began, each with its own pieces") {
  CHECK(joined({}) == "");
  CHECK(joined({{0, "a"}, {0, "b"}, {1, "C"}, {1, "D"}}) == "abCD");
  CHECK(joined({{0, "a"}, {1, "C"}, {0, "b"}, {1, "D"}, {0, "c"}}) == "abcCD");
  CHECK(joined({{7, "a"}, {3, "C"}, {7, "b"}, {5, "E"}, {3, "D"}, {7, ""}, {7, "c"}}) == "abcCDE");
  CHECK(joined({{0, ""}, {1, "C"}, {0, "a"}}) == "aC");
}

TEST_CASE("what comes in order is in the text at once") {
  block_text blocks;
  std::string text = "x";
  blocks.begin(4, text);
  blocks.add(4, "y", text);
  CHECK(text == "xy");
  blocks.begin(5, text);
  blocks.add(4, "z", text);
  blocks.add(5, "!", text);
  CHECK(text == "xy!");
  blocks.join(text);
  CHECK(text == "xyz!");
  blocks.join(text);
  CHECK(text == "xyz!");
}
