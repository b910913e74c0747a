#include "engine/keys/yaml_text.hpp"

#include <doctest/doctest.h>

using namespace retort;
using engine::yaml_node;

namespace {

void check_same(const yaml_node& a, const yaml_node& b) {
  INFO(a.key << " " << a.text);
  CHECK(a.type == b.type);
  CHECK(a.text == b.text);
  CHECK(a.key == b.key);
  if (a.quoted) CHECK(b.quoted);
  REQUIRE(a.children.size() == b.children.size());
  for (std::size_t i = 0; i < a.children.size(); ++i) check_same(a.children[i], b.children[i]);
}

}  // namespace

TEST_CASE("a tree as YAML is the same tree again") {
  const auto tree = engine::parse_yaml(
      "run: test\n"
      "none:\n"
      "empty: \"\"\n"
      "numbers: [1, -0.5, 1e-3, \"7\", +2, .5, 0x10]\n"
      "words: [true, yes, \"true\", ~, null, \"null\", \"-\", \"---\", a-b, \"#\", \"a: b\"]\n"
      "text: |\n"
      "  What is \"{{question}}\"?\\n\n"
      "  - é 日本 \t, {x}: [y] & * ! % @ `\n"
      "\"odd key: {\": {deep: [{a: {}}, []]}\n",
      "one.yaml");
  REQUIRE(tree.has_value());
  const std::string text = engine::to_yaml(*tree);
  const auto again = engine::parse_yaml(text, "two.yaml");
  INFO(text);
  REQUIRE(again.has_value());
  check_same(*tree, *again);
  CHECK(engine::to_yaml(*again) == text);
}

TEST_CASE("what looks like a number or a word stays bare, and what was quoted stays quoted") {
  const auto tree = engine::parse_yaml("a: 0.7\nb: '0.7'\nc: false\nd: What now?\n", "one.yaml");
  REQUIRE(tree.has_value());
  CHECK(engine::to_yaml(*tree) ==
        "\"a\": 0.7\n\"b\": \"0.7\"\n\"c\": false\n\"d\": \"What now?\"\n");
}
