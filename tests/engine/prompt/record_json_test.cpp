#include "engine/prompt/record_json.hpp"

#include <doctest/doctest.h>

#include <string>

#include "providers/body/json_parser.hpp"
#include "tests/support/samples.hpp"

using namespace retort;
using namespace retort::engine;
using test::padded;

namespace {

struct reading {
  retort::providers::json_parser parser;
  std::string text;
  result<simdjson::dom::element> record;

  explicit reading(const std::string& json)
      : text(padded(json)), record(parse_record(parser, text)) {}

  // The field `x`, in words where it is odd, else as JSON.
  std::string x() const {
    if (!record) return record.error().message;
    simdjson::dom::element value;
    if ((*record)["x"].get(value)) return "none";
    const auto odd = odd_value(value);
    return odd ? std::string(*odd) : simdjson::minify(value);
  }
  std::string y() const {
    return simdjson::minify(simdjson::dom::element((*record)["y"].value_unsafe()));
  }
};

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

}  // namespace

TEST_CASE("a value that no record can hold spoils itself alone, and says what it was") {
  struct {
    std::string value;
    std::string words;
  } const table[] = {
      {"18446744073709551616",
       "18446744073709551616, a whole number beyond 64 bits (as a text it "
       "could be used)"},
      {"-9223372036854775809",
       "-9223372036854775809, a whole number beyond 64 bits (as a text it "
       "could be used)"},
      {"1e400", "1e400, beyond the numbers of 64 bits (as a text it could be used)"},
      {"-1.5E+999", "-1.5E+999, beyond the numbers of 64 bits (as a text it could be used)"},
      {"NaN", "NaN, which is no JSON value"},
      {"-Infinity", "-Infinity, which is no JSON value"},
      {"None", "None, which is no JSON value"},
      {"01", "01, which is no JSON value"},
      {"+1", "+1, which is no JSON value"},
      {".5", ".5, which is no JSON value"},
      {"1.", "1., which is no JSON value"},
      {"0x1F", "0x1F, which is no JSON value"},
      {"1e", "1e, which is no JSON value"},
      {R"("a\ud800")", "a text with half a surrogate pair (\\ud800)"},
      {R"("\udc00b")", "a text with half a surrogate pair (\\udc00)"},
      {R"("\ud800\ud800")", "a text with half a surrogate pair (\\ud800)"},
      {R"("\ud83dx\ude00")", "a text with half a surrogate pair (\\ud83d)"},
      {R"("\x41")", "a text with an escape that JSON does not know"},
      {R"("\u12g4")", "a text with an escape that JSON does not know"},
      {"\"a\tb\"", "a text with a bare control character"},
      {"\"caf\xe9\"", "a text that is not UTF-8"},
      {nested(2000), "nested too deep"},
  };
  for (const auto& [value, words] : table) {
    CAPTURE(value);
    const std::string wordless = nested(2000) == value ? "" : words;
    for (const std::string& json :
         {R"({"x":)" + value + R"(,"y":[1,"\ud83d\ude00",{"a":true}]})",
          R"({"y":[1,"\ud83d\ude00",{"a":true}],"x" : )" + value + " }"}) {
      const reading read(json);
      REQUIRE_MESSAGE(read.record.has_value(), read.record.error().message);
      if (!wordless.empty()) CHECK(read.x() == words);
      CHECK(read.y() == "[1,\"\xF0\x9F\x98\x80\",{\"a\":true}]");
    }
  }
}

TEST_CASE(
    "odd values within lists and objects are there as well, and odd names can be asked for by "
    "nobody") {
  const reading read(R"({"x":{"a":[1,NaN,"b"],"\ud800":2,"c":-Infinity},"y":3})");
  REQUIRE(read.record.has_value());
  simdjson::dom::element list, c;
  REQUIRE_FALSE((*read.record).at_pointer("/x/a").get(list));
  CHECK_FALSE(odd_value(list).has_value());
  CHECK(odd_within(list) == "NaN, which is no JSON value");
  CHECK(odd_within(*read.record) == "NaN, which is no JSON value");
  CHECK_FALSE(odd_within((*read.record)["y"].value_unsafe()).has_value());
  CHECK(odd_value(list.at(1).value_unsafe()) == "NaN, which is no JSON value");
  REQUIRE_FALSE((*read.record).at_pointer("/x/c").get(c));
  CHECK(odd_value(c).has_value());
  CHECK(read.y() == "3");
  simdjson::dom::element map;
  const reading named(R"({"x":{"a":1,"\ud800":2}})");
  REQUIRE_FALSE((*named.record)["x"].get(map));
  CHECK(odd_within(map) == "a text with half a surrogate pair (\\ud800)");
}

TEST_CASE("values at the edges are as they were") {
  for (const char* value : {"18446744073709551615", "-9223372036854775808", "0", "-0", "1e308",
                            R"("\ud83d\ude00")", R"("\"\\\/\b\f\n\r\t\u0000")", "null", "{}", "[]",
                            R"({"\u0000odd":1})", R"({"a":"\u0000odd"})"}) {
    CAPTURE(value);
    const reading read(std::string(R"({"x":)") + value + R"(,"y":NaN})");
    REQUIRE_MESSAGE(read.record.has_value(), read.record.error().message);
    simdjson::dom::element x;
    REQUIRE_FALSE((*read.record)["x"].get(x));
    CHECK_FALSE(odd_value(x).has_value());
  }
}

TEST_CASE("a row that has a name twice in one object is refused: which value is meant?") {
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += fmt::format("\"f{}\":{{\"same\":1}},", i);
  for (const std::string& text :
       {std::string(R"({"x":1,"y":2,"x":1})"), std::string(R"({"y":[0,[{"x":1,"x":2}]]})"),
        std::string(R"({"y":{"z":{"x":1,"\u0078":2}},"z":3})"), std::string(R"({"x":NaN,"x":1})"),
        many + R"("x":1,"x":2})", R"({"x":0,)" + many.substr(1) + R"("x":2})",
        many + R"("y":1,"x":1,"z":2,"x":2})"}) {
    CAPTURE(text);
    const reading read(text);
    REQUIRE_FALSE(read.record.has_value());
    CHECK(read.record.error().code == errc::dataset);
    CHECK(read.record.error().message ==
          "the field \"x\" stands twice in an object: one of its values is not what is meant");
  }
  for (const std::string& text :
       {many + "\"x\":1}", std::string(R"({"x":{"x":{"x":1}},"y":[{"x":1},{"x":2}]})"),
        std::string(R"({"x":"x","\ud800":1,"\ud801":2})")}) {
    CHECK(reading(text).record.has_value());
  }
}

TEST_CASE("what a model wrote may have a name twice, and the first counts") {
  retort::providers::json_parser parser;
  const auto read = parse_answers(parser, R"({"text":"","json":{"x":1,"x":2}})");
  REQUIRE(read.has_value());
  CHECK(simdjson::minify((*read).at_pointer("/json/x").value_unsafe()) == "1");
}

TEST_CASE("what is no object is refused, also where it has odd values") {
  for (const std::string text : {"", "{", "NaN", "[NaN]", R"({"x":NaN)", R"({"x" NaN})",
                                 R"({"x":NaN,})", R"({"x":"a)", R"({"x":"a\)", R"({"x":NaN NaN})",
                                 "{x:1}", "{]", "[[[[", R"({"x":[NaN})", "\"", "\\", "{\"\xff"}) {
    CAPTURE(text);
    const reading read(text);
    REQUIRE_FALSE(read.record.has_value());
    CHECK(read.record.error().code == errc::dataset);
    CHECK(read.record.error().message.starts_with("not a JSON object"));
  }
}
