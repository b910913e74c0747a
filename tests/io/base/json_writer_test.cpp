#include "io/base/json_writer.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <cmath>
#include <cstdlib>
#include <limits>

using retort::io::json_writer;
using namespace std::string_literals;

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  retort::io::append_json_string(out, text);
  REQUIRE(out.size() >= 2);
  CHECK(out.front() == '"');
  CHECK(out.back() == '"');
  return out.substr(1, out.size() - 2);
}

std::string number(auto value) {
  std::string out;
  json_writer(out).value(value);
  return out;
}

// What a JSON parser reads in the string that append_json_string() wrote.
std::string read_back(std::string_view text) {
  std::string out;
  retort::io::append_json_string(out, text);
  simdjson::dom::parser parser;
  std::string_view read;
  CHECK(parser.parse(out).get(read) == simdjson::SUCCESS);
  return std::string(read);
}

}  // namespace

TEST_CASE("nothing is null, and something is what it is") {
  CHECK(number(std::optional<double>()) == "null");
  CHECK(number(std::optional(0.5)) == "0.5");
  CHECK(number(std::optional<std::uint64_t>(7)) == "7");
  CHECK(number(std::optional<std::string>("a\"b")) == R"("a\"b")");
}

TEST_CASE("only what JSON demands is escaped") {
  CHECK(escaped("") == "");
  CHECK(escaped("plain text / caf\xc3\xa9 \xf0\x9f\x98\x80 \x7f") ==
        "plain text / caf\xc3\xa9 \xf0\x9f\x98\x80 \x7f");
  CHECK(escaped("say \"hi\"") == R"(say \"hi\")");
  CHECK(escaped("a\\b") == R"(a\\b)");
  CHECK(escaped("\b\f\n\r\t") == R"(\b\f\n\r\t)");
  CHECK(escaped("\0\x01\x1f"s) == R"(\u0000\u0001\u001f)");
  CHECK(escaped("\"\"") == R"(\"\")");
  CHECK(escaped("\nlast") == R"(\nlast)");
  CHECK(escaped("last\n") == R"(last\n)");
}

TEST_CASE("every character reads back as it was") {
  for (int c = 0; c < 0x80; ++c) {
    const std::string text = "a"s + static_cast<char>(c) + "b";
    CAPTURE(c);
    CHECK(read_back(text) == text);
  }
  CHECK(read_back("\xc3\xa9\xe2\x80\xa8\xf4\x8f\xbf\xbf") ==
        "\xc3\xa9\xe2\x80\xa8\xf4\x8f\xbf\xbf");
}

TEST_CASE("whole numbers are written in full") {
  CHECK(number(0) == "0");
  CHECK(number(-7) == "-7");
  CHECK(number(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(number(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
}

TEST_CASE("a double is the shortest text that reads back as itself") {
  CHECK(number(0.0) == "0");
  CHECK(number(-0.0) == "-0");
  CHECK(number(0.1) == "0.1");
  CHECK(number(0.7) == "0.7");
  CHECK(number(1.0) == "1");
  CHECK(number(1e300) == "1e+300");
  CHECK(number(1.0 / 3) == "0.3333333333333333");
  for (const double value : {5e-324, 1.7976931348623157e308, 0.1 + 0.2, -123456.789e-7}) {
    CHECK(std::strtod(number(value).c_str(), nullptr) == value);
  }
}

TEST_CASE("a large double is not mistaken for a whole number") {
  simdjson::dom::parser parser;
  for (const double value : {1e15, -1e15, 123456789012345678.0, 9223372036854775808.0,
                             -24444444444444444444.5, 18446744073709551616.0, 1e20, 1e22}) {
    const std::string text = number(value);
    CAPTURE(text);
    double read = 0;
    CHECK(parser.parse(text).get(read) == simdjson::SUCCESS);
    CHECK(read == value);
  }
}

TEST_CASE("what is no number in JSON is null") {
  CHECK(number(std::nan("")) == "null");
  CHECK(number(std::numeric_limits<double>::infinity()) == "null");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("commas stand where they belong, however values are nested") {
  std::string out;
  json_writer json(out);
  json.open_object();
  json.member("text", "a\"b");
  json.member("string", "s"s);
  json.member("view", std::string_view("v"));
  json.member("yes", true);
  json.member("no", false);
  json.member("whole", 3);
  json.member("large", std::uint64_t{1} << 63);
  json.member("part", 0.5);
  json.key("empty");
  json.open_array();
  json.close_array();
  json.key("list");
  json.open_array();
  json.value(1);
  json.open_object();
  json.close_object();
  json.raw("[2,3]");
  json.open_array();
  json.value("x");
  json.close_array();
  json.close_array();
  json.foreign_key("quo\"te");
  json.raw("null");
  json.close_object();
  CHECK(out == R"({"text":"a\"b","string":"s","view":"v","yes":true,"no":false,"whole":3,)"
               R"("large":9223372036854775808,"part":0.5,"empty":[],"list":[1,{},[2,3],["x"]],)"
               R"("quo\"te":null})");
}

TEST_CASE("texts of every size come out whole, wherever an escape stands in them") {
  for (std::size_t size = 17; size < 1100; size += size == 70 ? 410 : size == 540 ? 460 : 1) {
    for (const std::size_t from_end : {1, 2, 15, 16, 17}) {
      std::string text(size, 'x');
      text[size - from_end] = '\x01';
      std::string wanted = text;
      wanted.replace(size - from_end, 1, "\\u0001");
      std::string out;
      json_writer json(out);
      json.open_array();
      json.value(text);
      json.raw(std::string(size, '7'));
      json.value(text);
      json.close_array();
      CAPTURE(size);
      REQUIRE(out == "[\"" + wanted + "\"," + std::string(size, '7') + ",\"" + wanted + "\"]");
    }
  }
}

TEST_CASE("a writer appends to what is there") {
  std::string out = "before ";
  json_writer json(out);
  json.open_array();
  json.close_array();
  CHECK(out == "before []");
}
