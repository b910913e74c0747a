#include "tools/mock/answers/pieces.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using retort::mock::pieces_of;

TEST_CASE("a piece per token, or as many as are asked for") {
  using list = std::vector<std::string_view>;
  CHECK(pieces_of("abcdefgh") == list{"abcd", "efgh"});
  CHECK(pieces_of("abcde") == list{"ab", "cde"});
  CHECK(pieces_of("abcdefgh", 3) == list{"ab", "cde", "fgh"});
  CHECK(pieces_of("abc", 1) == list{"abc"});
  CHECK(pieces_of("abc", 1'000'000'000'000) == list{"a", "b", "c"});
  CHECK(pieces_of("", 5).empty());
  CHECK(pieces_of("").empty());
}

TEST_CASE("no character is taken apart") {
  const std::string text = "a\u00d7\u20ac\U0001F9EAb";
  for (std::uint64_t count = 0; count < 20; ++count) {
    std::string joined;
    for (const std::string_view piece : pieces_of(text, count)) {
      CHECK((static_cast<unsigned char>(piece[0]) & 0xC0) != 0x80);
      joined += piece;
    }
    CHECK(joined == text);
  }
}
