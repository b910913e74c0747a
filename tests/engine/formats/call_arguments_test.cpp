#include "engine/formats/call_arguments.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("an object is written as it is spelt, without its white space") {
  CHECK(exact_object(" {\"a\" : [1.10, \"x y\"] }\n") == R"({"a":[1.10,"x y"]})");
  CHECK(exact_object(R"({"n": -123456789012345678901234})") ==
        R"({"n":-123456789012345678901234})");
  CHECK(exact_object(R"({"x": 1.0, "z": [-1e400, 1e-400]})") == R"({"x":1.0,"z":[-1e400,1e-400]})");
}

TEST_CASE("what is no object is none, however large its numbers") {
  for (const char* text :
       {"", "[1]", "{", "12345678901234567890123", R"({"a":012345678901234567890})",
        R"({"a":--12345678901234567890})", R"({"a":1234567890123456789012 3})", R"({"a":1.e400})",
        R"({"a":+1e400})", R"({"a":NaN})"}) {
    CAPTURE(text);
    CHECK_FALSE(is_json_object(text));
    CHECK_FALSE(exact_object(text).has_value());
  }
}
