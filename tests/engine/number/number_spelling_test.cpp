#include "engine/number/number_spelling.hpp"

#include <doctest/doctest.h>

#include "engine/number/number_text.hpp"

using namespace retort::engine;

TEST_CASE("characters, commands and escapes have one spelling") {
  CHECK(plain_character(U'−') == "-");
  CHECK(plain_character(U'⅞') == "7/8");
  CHECK(plain_character(U'≥') == std::string_view(&sign::relation, 1));
  CHECK(plain_character(0xFEFF) == "");
  CHECK_FALSE(plain_character(U'a'));
  CHECK(plain_command("Big") == "");
  CHECK(plain_command("underline") == "");
  CHECK(plain_command("dfrac") == std::string_view(&sign::fraction, 1));
  CHECK(plain_command("n") == " ");
  CHECK_FALSE(plain_command("fra"));
  CHECK_FALSE(plain_command("fracs"));
  CHECK_FALSE(plain_command(""));
  CHECK(plain_escape('{') == "(");
  CHECK(plain_escape('!') == "");
  CHECK(plain_escape('\\') == " ");
  CHECK_FALSE(plain_escape('%'));
}

TEST_CASE("digits of other scripts, raised and lowered ones") {
  CHECK(digit_of(U'٠') == '0');
  CHECK(digit_of(U'۹') == '9');
  CHECK(digit_of(U'४') == '4');
  CHECK(digit_of(U'𝟕') == '7');
  CHECK(digit_of(U'𝟿') == '9');
  CHECK(digit_of(U'①') == 0);
  CHECK(raised_by(U'¹') == '1');
  CHECK(raised_by(U'³') == '3');
  CHECK(raised_by(U'⁰') == '0');
  CHECK(raised_by(U'⁻') == '-');
  CHECK(raised_by(U'ⁿ') == 0);
  CHECK(lowered_by(U'₉') == '9');
  CHECK(lowered_by(U'9') == 0);
}

TEST_CASE("what a character is that has no spelling") {
  CHECK(is_mathematical(U'π'));
  CHECK(is_mathematical(U'万'));
  CHECK(is_mathematical(U'만'));
  CHECK(is_mathematical(U'⌊'));
  CHECK_FALSE(is_mathematical(U'人'));
  CHECK(is_blank(0x2009));
  CHECK(is_invisible(0x200B));
  CHECK(is_letter_beyond_ascii(U'é'));
  CHECK_FALSE(is_letter_beyond_ascii(U'人'));
}
