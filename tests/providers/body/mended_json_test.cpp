#include "providers/body/mended_json.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using retort::providers::mended_json;

TEST_CASE("what is plain though it is no JSON is made right") {
  struct {
    std::string_view broken, mended;
  } const table[] = {
      {"\xef\xbb\xbf{}", "{}"},
      {"[NaN,Infinity,-Infinity]", "[null,null,null]"},
      {R"(["NaN","a\"NaN"])", R"(["NaN","a\"NaN"])"},
      {"[1e400,12345678901234567890123]", "[1e400,12345678901234567890123]"},
      {"\"a\tb\nc\"", R"("a\u0009b\u000ac")"},
      {"[\t1,\n2]", "[\t1,\n2]"},
      {"\"\xe9\"", "\"\\ufffd\""},
      {"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
      {"\"\xf0\x9f\x98\"", "\"\\ufffd\\ufffd\\ufffd\""},
      {"\"\xed\xa0\x80\"", "\"\\ufffd\\ufffd\\ufffd\""},
      {"\"\xc0\xaf\xff\"", "\"\\ufffd\\ufffd\\ufffd\""},
      {R"("\ud800\ud83d\ude00\udc00")", R"("\ufffd\ud83d\ude00\ufffd")"},
      {R"("\\ud800\"")", R"("\\ud800\"")"},
      {"\"cut \xe2\x82", "\"cut \\ufffd\\ufffd"},
      {"\"\\", "\"\\"},
      {"", ""},
  };
  for (const auto& [broken, mended] : table) {
    CAPTURE(broken);
    CHECK(mended_json(broken) == mended);
  }
}
