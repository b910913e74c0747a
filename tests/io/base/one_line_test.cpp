#include "io/base/one_line.hpp"

#include <doctest/doctest.h>

using retort::io::one_line;
using retort::io::plain_line;
using namespace std::string_literals;

TEST_CASE("one_line keeps plain text and folds blanks and control characters") {
  struct {
    std::string text, line;
  } const table[] = {
      {"", ""},
      {" \r\n\t ", ""},
      {"plain text", "plain text"},
      {"  <html>\r\n  <p>503</p>\n", "<html> <p>503</p>"},
      {"a\0b"s, "a b"},
      {"\x1b[2Jgone\x7f!", "[2Jgone !"},
      {"a\xc2\x9b"
       "2Jb",
       "a 2Jb"},  // CSI as one C1 character
      {"caf\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80"},
  };
  for (const auto& [text, line] : table) CHECK(one_line(text, 200) == line);
}

TEST_CASE("one_line replaces each byte that is not UTF-8") {
  CHECK(one_line("a\xff!", 200) == "a\xef\xbf\xbd!");
  CHECK(one_line("\x80\xc3", 200) == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(one_line("\xed\xa0\x80", 200) == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
}

TEST_CASE("one_line cuts between characters") {
  CHECK(one_line("abcdef", 6) == "abcdef");
  CHECK(one_line("abcdefg", 6) == "abcdef...");
  CHECK(one_line("ab\xc3\xa9", 4) == "ab\xc3\xa9");
  CHECK(one_line("ab\xc3\xa9", 3) == "ab...");
  CHECK(one_line("ab cd", 3) == "ab...");
  CHECK(one_line("ab   ", 2) == "ab");  // nothing visible was lost
}

TEST_CASE("what turns the direction of text around is seen") {
  for (std::string mark : {"\u202e", "\u202a", "\u2066", "\u2069", "\u200f", "\u061c"}) {
    CHECK(one_line("a" + mark + "b", 80) == "a\ufffdb");
    CHECK(plain_line("a" + mark + "b") == "a\ufffdb");
  }
  CHECK(one_line("a\u2028b\u2029c", 80) == "a b c");
}

TEST_CASE("a plain line keeps its blanks, and of its control characters their places") {
  CHECK(plain_line("") == "");
  CHECK(plain_line("  a   b ") == "  a   b ");
  CHECK(plain_line("a\r\nb\tc\x1b[31m") == "a  b c [31m");
  CHECK(plain_line("\u0085x\xc2") == " x\ufffd");
  CHECK(plain_line("naïve — 数学 😀") == "naïve — 数学 😀");
}
