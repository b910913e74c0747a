#include "engine/keys/yaml_tree.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort;
using namespace retort::engine;
using kind = yaml_node::kind;

namespace {

yaml_node parsed(const std::string& text) {
  auto tree = parse_yaml(text, "c.yaml");
  REQUIRE_MESSAGE(tree.has_value(), tree.error().message);
  return *tree;
}

std::string problem(const std::string& text) {
  const auto tree = parse_yaml(text, "c.yaml");
  REQUIRE_MESSAGE(!tree.has_value(), text);
  CHECK(tree.error().code == errc::usage);
  return tree.error().message;
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("every node knows its place, counted from 1") {
  const yaml_node root = parsed("a: 1\nb:\n  c: [x, \"y\"]\n  d:\n");
  CHECK(root.type == kind::map);
  CHECK(root.where == "c.yaml:1:1");
  const yaml_node& b = *root.child("b");
  CHECK(b.key_where == "c.yaml:2:1");
  CHECK(b.where == "c.yaml:3:3");
  const yaml_node& c = *b.child("c");
  CHECK(c.type == kind::list);
  CHECK(c.where == "c.yaml:3:6");
  CHECK(c.children.at(0).where == "c.yaml:3:7");
  CHECK(c.children.at(1).where == "c.yaml:3:10");
  CHECK(b.child("d")->type == kind::null);
  CHECK(b.child("d")->where == "c.yaml:4:3");
  CHECK(b.child("e") == nullptr);
  CHECK(c.child("x") == nullptr);
}

TEST_CASE("quoted and block scalars are told from plain ones") {
  const yaml_node root = parsed("a: 1\nb: \"1\"\nc: '1'\nd: |\n  1\n  2\ne: ~\nf: \"~\"\n");
  CHECK_FALSE(root.child("a")->quoted);
  CHECK(root.child("b")->quoted);
  CHECK(root.child("c")->quoted);
  CHECK(root.child("d")->quoted);
  CHECK(root.child("d")->text == "1\n2\n");
  CHECK(root.child("e")->type == kind::null);
  CHECK(root.child("f")->text == "~");
}

TEST_CASE("an alias stands for a copy of what it names") {
  const yaml_node root = parsed("a: &x {k: [1, 2]}\nb: *x\nc: &y v\nd: *y\n");
  CHECK(root.child("b")->child("k")->children.size() == 2);
  CHECK(root.child("b")->key_where == "c.yaml:2:1");
  CHECK(root.child("d")->text == "v");
}

TEST_CASE("an empty document is a null node") {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "~", "\xEF\xBB\xBF"}) {
    CAPTURE(text);
    CHECK(parsed(text).type == kind::null);
  }
}

TEST_CASE("a byte order mark and Windows line ends are no trouble") {
  const yaml_node root = parsed(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n");
  CHECK(root.child("a")->text == "1");
  CHECK(root.child("b")->where == "c.yaml:2:4");
}

TEST_CASE("what is not YAML is refused in one line with its place") {
  const struct {
    std::string text;
    std::string message;
  } cases[] = {
      {"a:\n\tb: 1\n", "c.yaml:2:3: not YAML: a tab in the indentation (use spaces)"},
      {"a:\n  b: 1\n\tc: 2\n", "c.yaml:3:1: not YAML: a tab in the indentation (use spaces)"},
      {"a: 1\n  b: 2\n",
       "c.yaml:2:4: not YAML: a \": \" that fits no key (indent the keys of one map alike; quote a "
       "text with \": \" in it)"},
      {"a: b: c\n",
       "c.yaml:1:5: not YAML: a \": \" that fits no key (indent the keys of one map alike; quote a "
       "text with \": \" in it)"},
      {"a: |\n  x\n y\n",
       "c.yaml:3:2: not YAML: a line that fits neither the map above it nor a key of its own"},
      {"a: \"x\nb: 1", "c.yaml:2:5: not YAML: the text ends inside quotes"},
      {"a: [1, 2\nb: 3\n", "c.yaml:2:2: not YAML: a \"[\" without its \"]\""},
      {"{a: 1", "c.yaml:1:1: not YAML: a \"{\" without its \"}\""},
      {"a: ]\n", "c.yaml:1:4: not YAML: a \"]\" or \"}\" that closes nothing"},
      {"p: *.jsonl\n",
       "c.yaml:1:4: not YAML: unknown alias (a text that begins with \"*\" needs quotes)"},
      {"a: @x\n",
       "c.yaml:1:4: not YAML: a text that begins with \"@\", \"`\" or \"%\" needs quotes"},
      {"a: \"\\q\"\n", "c.yaml:1:7: not YAML: unknown escape character: q"},
      {"a: &k {b: 1}\nc: {<<: *k}\n",
       "c.yaml:2:5: the merge key \"<<\" is not read here: write out the keys that it stands for"},
      {"a: 1\na: 2\n", "c.yaml:2:1: duplicate key \"a\", first set at c.yaml:1:1"},
      {"m:\n  a: 1\n  b: 1\n  'a': 2\n",
       "c.yaml:4:3: duplicate key \"a\", first set at c.yaml:2:3"},
      {"a: {{field}}\n",
       "c.yaml:1:5: a key must be a word (a text such as {{field}} needs quotes)"},
      {"? [a, b]\n: c\n",
       "c.yaml:1:3: a key must be a word (a text such as {{field}} needs quotes)"},
      {": c\n", "c.yaml:1:1: a key must be a word (a text such as {{field}} needs quotes)"},
      {"a: !env V\n", "c.yaml:1:4: the tag \"!env\" means nothing here"},
      {"a: &x [*x]\n", "c.yaml:1:8: an alias within what it names"},
      {"a: 1\n---\nb: 2\n",
       "c.yaml:2:1: expected the end here: one YAML document and nothing after it"},
      {"- a\nb: c\n", "c.yaml:2:1: expected the end here: one YAML document and nothing after it"},
      {"a: \xff\n", "c.yaml:1:1: not UTF-8"},
      {"a: 1\nb: \xed\xa0\x80\n", "c.yaml:2:1: not UTF-8"},
      {"\xff\xfe"
       "a",
       "c.yaml:1:1: not UTF-8"},
      {"a: 1\n\nb: \x04\n", "c.yaml:3:1: a control character in this line"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    CHECK(problem(text) == message);
  }
  CHECK(problem(std::string("a: \0", 4)) == "c.yaml:1:1: a control character in this line");
}

TEST_CASE("depth, number and size have bounds") {
  CHECK(parsed(repeated("[", 64) + repeated("]", 64)).type == kind::list);
  CHECK(problem(repeated("[", 65) + repeated("]", 65)) ==
        "c.yaml:1:65: nested more than 64 levels deep");
  CHECK(problem(repeated("{a: ", 3000)).ends_with(": nested more than 64 levels deep"));
  CHECK(problem(repeated("- ", 100'000)) == "c.yaml:1:129: nested more than 64 levels deep");
  CHECK(problem(repeated("? ", 100'000)) == "c.yaml:1:129: nested more than 64 levels deep");
  CHECK(parsed("[" + repeated("a,", 99'999) + "]").children.size() == 99'999);
  CHECK(problem("[" + repeated("a,", 100'000) + "]").ends_with(": more than 100000 values"));
  CHECK(problem("[" + repeated("~,", 100'000) + "]").ends_with(": more than 100000 values"));
  CHECK(problem("a: " + repeated("x", 4 << 20)) == "c.yaml:1:1: larger than 4 MiB");
}

TEST_CASE("aliases of aliases do not multiply without end") {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    const std::string name = "a" + std::to_string(i);
    laughs += name + ": &" + name + " [" + repeated(before + ", ", 9) + before + "]\n";
  }
  CHECK(problem(laughs).ends_with(": more than 100000 values"));
  CHECK(problem("a: &a " + repeated("x", 1 << 20) + "\nb: [" + repeated("*a, ", 100) + "]")
            .ends_with(": more than 16 MiB of text"));
  const std::string list = "[" + repeated("x,", 30'000) + "]";
  CHECK(problem("&a [&b [&c [&d " + list + "]]]").ends_with(": more than 100000 values"));
}

TEST_CASE("a value from the command line has its origin for a place") {
  const auto map = parse_yaml_value("{a: [1]}", "--set x");
  REQUIRE(map.has_value());
  CHECK(map->where == "--set x");
  CHECK(map->child("a")->key_where == "--set x");
  CHECK(map->child("a")->children.at(0).where == "--set x");
  CHECK(parse_yaml_value("[", "--set x").error().message ==
        "--set x: not YAML: a \"[\" without its \"]\"");
  CHECK(parse_yaml_value("\xff", "--set x").error().message == "--set x: not UTF-8");
}

TEST_CASE("a dash from the command line is text") {
  const auto dash = parse_yaml_value("-", "--set x");
  REQUIRE(dash.has_value());
  CHECK(dash->type == yaml_node::kind::text);
  CHECK(dash->text == "-");
  CHECK(dash->where == "--set x");
}
