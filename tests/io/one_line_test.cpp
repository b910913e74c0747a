#include "io/one_line.hpp"

#include <doctest/doctest.h>

using retort::io::one_line;
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
