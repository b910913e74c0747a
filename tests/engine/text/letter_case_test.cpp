#include "engine/text/letter_case.hpp"

#include <doctest/doctest.h>

using retort::engine::without_case;

TEST_CASE("texts that differ in case alone are equal without it, in any alphabet") {
  const char* const pairs[][2] = {{"Paris", "pARIS"},
                                  {"ÉCOLE", "école"},
                                  {"ΣΟΦΟΣ", "σοφος"},
                                  {"σοφος", "σοφος"},
                                  {"МОСКВА", "москва"},
                                  {"Ärger", "äRGER"},
                                  {"𐐀", "𐐨"},
                                  {"İ", "İ"},
                                  {"a\xff"
                                   "B",
                                   "A\xff"
                                   "b"},
                                  {"Σίσυφος", "ΣΊΣΥΦΟΣ"},
                                  {"", ""},
                                  {"\xc3", "\xc3"}};
  for (const auto& [left, right] : pairs) {
    CAPTURE(left);
    CHECK(without_case(left) == without_case(right));
  }
}

TEST_CASE("other letters stay other letters, and what is no letter stays as it is") {
  const char* const pairs[][2] = {{"e", "é"},
                                  {"ı", "i"},
                                  {"a", "b"},
                                  {"[", "{"},
                                  {"@", "`"},
                                  {"ß", "ss"},
                                  {"\xc3\x28", "\xe3\x28"}};
  for (const auto& [left, right] : pairs) {
    CAPTURE(left);
    CHECK(without_case(left) != without_case(right));
  }
  CHECK(without_case("4 €, 東京, 🙂\n\xed\xa0\x80") == "4 €, 東京, 🙂\n\xed\xa0\x80");
}
