#include "engine/text/text.hpp"

#include <doctest/doctest.h>

#include <string>

using retort::engine::count_code_points;
using retort::engine::excerpt;
using retort::engine::trim;

namespace {

std::string xs(int count) {
  std::string text;
  while (count-- > 0) text += 'x';
  return text;
}

}  // namespace

TEST_CASE("trim takes white space of any script from both ends and from nowhere else") {
  CHECK(trim("") == "");
  CHECK(trim(" \t\r\n\v\f") == "");
  CHECK(trim("a") == "a");
  CHECK(trim("\n a  b\t") == "a  b");
  CHECK(trim("\u00a0a\u3000") == "a");
  CHECK(trim(" \u200b\u00a0\ufeff\n") == "");
  CHECK(trim("\u2003a\u00a0b\u2028") == "a\u00a0b");
  CHECK(trim("é") == "é");
  CHECK(trim("\x80 a\xc2") == "\x80 a\xc2");
}

TEST_CASE("code points are counted whatever their width and place") {
  CHECK(count_code_points("") == 0);
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::string one : {"a", "é", "€", "😀"}) {
      CAPTURE(before);
      CAPTURE(one);
      CHECK(count_code_points(std::string(before, 'x') + one) == before + 1);
      CHECK(count_code_points(one + std::string(before, 'x') + one) == before + 2);
    }
  }
}

TEST_CASE("a long text of many-byte characters is counted too") {
  for (const std::string one : {"é", "€", "😀"}) {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += one;
    CHECK(count_code_points(text) == 5000);
  }
}

TEST_CASE("every byte is counted as what it is") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const bool continues = byte >= 0x80 && byte < 0xC0;
    CHECK(count_code_points(std::string(17, static_cast<char>(byte))) == (continues ? 0 : 17));
  }
}

TEST_CASE("an excerpt is short, whole and on one line") {
  CHECK(excerpt("") == "");
  CHECK(excerpt("  short \n") == "short");
  CHECK(excerpt("a\nb\tc\x7f") == "a b c ");
  CHECK(excerpt(xs(80)) == xs(80));
  CHECK(excerpt(xs(81)) == xs(80) + "…");
  CHECK(excerpt(xs(79) + "€uro") == xs(79) + "…");
  CHECK(excerpt(xs(77) + "€uro") == xs(77) + "€…");
}
