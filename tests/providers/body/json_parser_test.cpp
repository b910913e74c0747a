#include "providers/body/json_parser.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace retort::providers;

namespace {

std::string exact(std::string_view text) {
  json_parser parser;
  simdjson::dom::element value;
  return parse_any_numbers(parser, text).get(value) ? "refused" : exact_json(value);
}

}  // namespace

TEST_CASE("numbers go on as they are spelt, and white space does not") {
  struct {
    std::string_view text, exact;
  } const table[] = {
      {R"( { "p" : 1.10 , "e":[1e2,-0.0,2.50, 1E+2,-0,0] } )",
       R"({"p":1.10,"e":[1e2,-0.0,2.50,1E+2,-0,0]})"},
      {"[9007199254740993.0,100000000000000000000.5]",
       "[9007199254740993.0,100000000000000000000.5]"},
      {R"([true,false,null,"1.10",1.10,{"1.2":3.40}])",
       R"([true,false,null,"1.10",1.10,{"1.2":3.40}])"},
      {R"(["a\"1.5\\",1.50,"\u00e9\n"])", R"(["a\"1.5\\",1.50,"é\n"])"},
      {"[18446744073709551615,-9223372036854775808,7]",
       "[18446744073709551615,-9223372036854775808,7]"},
      {R"(["\\\"1,",1.50,"\\",2.50,"\"",3.50,"",4.50])",
       R"(["\\\"1,",1.50,"\\",2.50,"\"",3.50,"",4.50])"},
      {"2.50", "2.50"},
      {"[[],{},[[1.0]],1.00]", "[[],{},[[1.0]],1.00]"},
  };
  for (const auto& [text, expected] : table) {
    CAPTURE(text);
    CHECK(exact(text) == expected);
  }
}

TEST_CASE("a number whose exponent a program chose is written out") {
  CHECK(exact("[1e+05,1e-04,1e+15,-2e+06]") == "[100000.0,0.0001,1000000000000000.0,-2000000.0]");
  CHECK(exact("[1e+16,1e+20,1.5e-07,1e5,1E+05,1e+5,1.0e+05]") ==
        "[1e+16,1e+20,1.5e-07,1e5,1E+05,1e+5,1.0e+05]");
}

TEST_CASE("numbers that no tree holds go on as well") {
  CHECK(exact("[12345678901234567890123,1e400,-1e999,1e-400,null]") ==
        "[12345678901234567890123,1e400,-1e999,1e-400,null]");
  for (const char* text : {"[01]", "[1.]", "[+1]", "[NaN]", "[1e400", "[1e400 2]", ""}) {
    CAPTURE(text);
    CHECK(exact(text) == "refused");
  }
}

TEST_CASE("beside a number that is too large, one that is too small is 0") {
  json_parser parser;
  const auto value = parse_any_numbers(parser, "[1e400,-1e-400]");
  CHECK(value.at(0).is_null());
  CHECK(value.at(1).get_double().value_unsafe() == 0);
}

TEST_CASE("what was mended has the numbers of what it was made of") {
  json_parser parser;
  const auto value = parse_any_numbers(parser, "[null,2.50,null,1e400]",
                                       "\xef\xbb\xbf[NaN, 2.50,-Infinity, 1e400]");
  CHECK(exact_json(value.value_unsafe()) == "[null,2.50,null,1e400]");
}

TEST_CASE("a part of a document is written by itself, also by a parser's second text") {
  json_parser parser;
  REQUIRE(parser.parse("[1.50,1.50,1.50]").error() == simdjson::SUCCESS);
  simdjson::dom::element value;
  REQUIRE(parser.parse(R"({"a":1.0,"b":{"c":[2.0,3.0]}})")["b"]["c"].get(value) ==
          simdjson::SUCCESS);
  CHECK(exact_json(value) == "[2.0,3.0]");
  CHECK(spelt_number(value.at(1).value_unsafe()) == "3.0");
  CHECK(spelt_number(value) == "");
}

TEST_CASE("the text need not live on, and another parser's tree is written as it has them") {
  json_parser parser;
  simdjson::dom::element value;
  {
    const std::string text = "[1.10]";
    REQUIRE(parser.parse(text).get(value) == simdjson::SUCCESS);
  }
  json_parser moved = std::move(parser);
  CHECK(exact_json(moved.parse("[1.20]").value_unsafe()) == "[1.20]");
  simdjson::dom::parser plain;
  CHECK(exact_json(plain.parse(std::string("[1.10,2]")).value_unsafe()) == "[1.1,2]");
}

TEST_CASE("a number is one by the grammar of JSON, however large") {
  for (const char* text : {"0", "-0", "1.50", "1e400", "-1E+2", "12345678901234567890123"}) {
    CAPTURE(text);
    CHECK(is_json_number(text));
  }
  for (const char* text : {"", "-", "+1", ".5", "1.", "1.e2", "1e", "01", "1 ", "0x10", "NaN"}) {
    CAPTURE(text);
    CHECK_FALSE(is_json_number(text));
  }
}
