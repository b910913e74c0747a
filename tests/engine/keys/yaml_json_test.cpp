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
      {"[yes, 0x10, 1_0, .5]", R"(["yes","0x10","1_0",".5"])"},
      {R"({"a": [{"b": 1}]})", R"({"a":[{"b":1}]})"},
  };
  for (const auto& [yaml, json] : table) {
    CAPTURE(yaml);
    CHECK(to_json(parse_yaml(yaml, "t").value()) == json);
  }
}

TEST_CASE("JSON text is made compact, and what is none is nothing") {
  CHECK(compact_json("{ \"a\" : [1, 2] }\n") == R"({"a":[1,2]})");
  CHECK(compact_json("{a: 1}") == std::nullopt);
  CHECK(compact_json("") == std::nullopt);
}
