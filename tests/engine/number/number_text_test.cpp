#include "engine/number/number_text.hpp"

#include <doctest/doctest.h>

#include <string>

using retort::engine::plain_number_text;

namespace {

std::string plain(std::string_view line) {
  std::string scratch;
  return std::string(plain_number_text(line, scratch));
}

}  // namespace

TEST_CASE("a line in plain ASCII is its own view") {
  const std::string line = "x = 5 (or $6)";
  std::string scratch;
  CHECK(plain_number_text(line, scratch).data() == line.data());
}

TEST_CASE("one form stands for the many of Unicode") {
  CHECK(plain("−５．０") == "-5.0");
  CHECK(plain("–5") == "-5");
  CHECK(plain("1\u00a0000\t2") == "1 000 2");
  CHECK(plain("10⁻⁶ m²") == "10^{-6} m^{2}");
  CHECK(plain("x₁₂³") == "x_{12}^{3}");
  CHECK(plain("2½ ¾") == "2 1/2 3/4");
  CHECK(plain("½5") ==
        "1/2\x10"
        "5");
  CHECK(plain("€5 ￥5 5 ₽") == "$5 $5 5 $");
  CHECK(plain("3×4÷2") ==
        "3\x01"
        "4\x02"
        "2");
  CHECK(plain("±√2≤π") ==
        "\x03\x04"
        "2\x05\x10");
  CHECK(plain("5\u200b0") == "50");
  CHECK(plain("é 人 5万") == "e \x0f 5\x10");
  CHECK(plain("\xff"
              "5\xe2\x82") ==
        "\x0f"
        "5\x0f\x0f");
}

TEST_CASE("and for those of LaTeX") {
  CHECK(plain(R"(\frac{1}{2})") == "\x07{1}{2}");
  CHECK(plain(R"(3 \times 10^{8})") == "3 \x01 10^{8}");
  CHECK(plain(R"(5\,\text{km})") == "5 {km}");
  CHECK(plain(R"(\left( 5 \right))") == "( 5 )");
  CHECK(plain(R"(\$5 50\% 1,\!000)") == "$5 50% 1,000");
  CHECK(plain(R"(\sqrt[3]{8})") == "\x04{8}");
  CHECK(plain(R"(\{1\})") == "(1)");
  CHECK(plain(R"(90^\circ)") == "90^\x06");
  CHECK(plain(R"(\nobody{5})") == "\x10{5}");
  CHECK(plain("\\") == "");
}
