#include "engine/number/number_decimal.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::engine;

namespace {

// "whole|fraction|exponent|what is left"
std::string taken(std::string_view in, decimal_sign style = decimal_sign::point) {
  const decimal d = take_decimal(in, style);
  return std::string(d.whole) + '|' + std::string(d.fraction) + '|' + std::to_string(d.exponent) +
         '|' + std::string(in);
}

}  // namespace

TEST_CASE("a decimal ends where its digits, groups and exponent end") {
  CHECK(taken("5") == "5||0|");
  CHECK(taken("1,234.50e-3 x") == "1,234|50|-3| x");
  CHECK(taken("1 234 567 8") == "1 234 567||0| 8");
  CHECK(taken("1{,}000~") == "1{,}000||0|~");
  CHECK(taken("1,00,000") == "1,00,000||0|");
  CHECK(taken("1,00") == "1||0|,00");
  CHECK(taken("0,123") == "0||0|,123");
  CHECK(taken("1234,567") == "1234||0|,567");
  CHECK(taken("5.") == "5||0|.");
  CHECK(taken(".5") == "|5|0|");
  CHECK(taken("5e") == "5||0|e");
  CHECK(taken("5e3x") == "5||0|e3x");
  CHECK(taken("1e99999999999") == "1||1001|");
}

TEST_CASE("where a comma is decimal, points group") {
  CHECK(taken("1.234,5", decimal_sign::comma) == "1.234|5|0|");
  CHECK(taken("3{,}5", decimal_sign::comma) == "3|5|0|");
  CHECK(taken("3.5", decimal_sign::comma) == "3|5|0|");
}

TEST_CASE("an integer is a sign and digits") {
  CHECK(read_integer("-3") == -3);
  CHECK(read_integer("+03") == 3);
  CHECK(read_integer("99999999999") == max_exponent + 1);
  for (const char* text : {"", "-", "3.5", "n", "3x", "1/2"}) CHECK_FALSE(read_integer(text));
}

TEST_CASE("chains are three groups or more with one sign between them") {
  for (const char* text : {"1.2.3", "1/2/3", "12:30:45", "2024-01-15", "1.2.3.4x"})
    CHECK(starts_chain(text));
  for (const char* text : {"1.2", "1.2-3", "1.2.", "12:30", "x", ""})
    CHECK_FALSE(starts_chain(text));
  CHECK(is_grouped_by_points("1.234.567,89"));
  CHECK_FALSE(is_grouped_by_points("1.234.567.8"));
  CHECK_FALSE(is_grouped_by_points("15.01.2024"));
}
