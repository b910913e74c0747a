#include "engine/keys/yaml_json.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("YAML becomes the JSON that it looks like") {
  const struct {
    std::string yaml, json;
  } table[] = {
      {"{type: object, properties: {a: {type: integer}}}",
       R"({"type":"object","properties":{"a":{"type":"integer"}}})"},
      {"[1, -2.5, true, false, null, ~, text]", R"([1,-2.5,true,false,null,null,"text"])"},
      {R"(["1", 'true', "a\nb"])", R"(["1","true","a\nb"])"},
      {"{a: , b: []}", R"({"a":null,"b":[]})"},
      {"[yes, 1_0, 007, ., -, +, .e5, 0xg, '.5']",
       R"(["yes","1_0","007",".","-","+",".e5","0xg",".5"])"},
      {"[18446744073709551616, -1e400, 1.50]", "[18446744073709551616,-1e400,1.50]"},
      {"[.5, -.5e3, +5, +.5, 1., 1.e5]", "[0.5,-0.5e3,5,0.5,1.0,1.0e5]"},
      {"[0x10, 0o17]", "[16,15]"},
      {R"({"a": [{"b": 1}]})", R"({"a":[{"b":1}]})"},
  };
  for (const auto& [yaml, json] : table) {
    CAPTURE(yaml);
    CHECK(to_json(parse_yaml(yaml, "t").value()) == json);
  }
}

TEST_CASE("what is a number to YAML alone is found") {
  for (const char* word : {".inf", "-.Inf", "+.INF", ".nan", "1e400", "-.1e999"}) {
    CAPTURE(word);
    const auto tree = parse_yaml("{a: [1, {b: " + std::string(word) + "}]}", "t").value();
    const yaml_node* const found = beyond_json(tree);
    REQUIRE(found);
    CHECK(found->text == word);
    CHECK(found->where == "t:1:13");
  }
  CHECK(beyond_json(parse_yaml("['.inf', inf, nan, 1e-400, '1e400']", "t").value()) == nullptr);
}

TEST_CASE("JSON text is made compact, and what is none is nothing") {
  CHECK(compact_json("{ \"a\" : [1, 2] }\n") == R"({"a":[1,2]})");
  CHECK(compact_json("[1.10, 1e400, 18446744073709551616]") == "[1.10,1e400,18446744073709551616]");
  CHECK(compact_json("{a: 1}") == std::nullopt);
  CHECK(compact_json("") == std::nullopt);
}
