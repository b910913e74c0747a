#include "engine/keys/yaml_section.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort;
using namespace retort::engine;

namespace {

const std::vector<config_key> keys = {
    {shapes::speed, "name", value_kind::text, "required", ""},
    {shapes::speed, "files", value_kind::texts, "none", ""},
    {shapes::speed, "on", value_kind::flag, "none", ""},
    {shapes::speed, "count", value_kind::whole, "none", "", {1, 10}},
    {shapes::speed, "many", value_kind::whole, "none", "", {1}},
    {shapes::speed, "share", value_kind::real, "none", "", {0, 1, true}},
    {shapes::speed, "way", value_kind::choice, "none", "", {}, {"fail", "skip"}},
    {shapes::speed, "free", value_kind::options, "none", ""},
    {shapes::speed, "secret", value_kind::refused, "", "put it elsewhere"},
    {shapes::speed, "inner.depth", value_kind::real, "none", "", {0, 2}},
    {shapes::speed, "inner.nothing", value_kind::section, "none", ""},
    {shapes::speed, "list[].id", value_kind::text, "required", ""},
};

// Reads every key, as a config's reader does.
void read_all(yaml_section& root) {
  root.text("name");
  root.texts("files");
  root.flag("on");
  root.whole("count");
  root.whole("many");
  root.real("share");
  root.text("way");
  root.options("free");
  yaml_section inner = root.section("inner");
  inner.real("depth");
  inner.section("nothing");
  for (yaml_section& one : root.sections("list")) one.text("id");
}

// What is wrong with "name: n" followed by `text`.
std::string problem_of_whole(const std::string& text) {
  const auto tree = parse_yaml(text, "c.yaml");
  REQUIRE_MESSAGE(tree.has_value(), tree.error().message);
  yaml_reading reading{keys};
  yaml_section root(*tree, reading);
  read_all(root);
  return reading.problem ? reading.problem->message : "";
}

std::string problem(const std::string& text) { return problem_of_whole("name: n\n" + text); }

template <class Read>
auto read(const std::string& text, Read read) {
  const auto tree = parse_yaml(text, "c.yaml");
  REQUIRE(tree.has_value());
  yaml_reading reading{keys};
  yaml_section root(*tree, reading);
  const auto value = read(root);
  CHECK_MESSAGE(!reading.problem, reading.problem->message);
  return value;
}

}  // namespace

TEST_CASE("values are read as their types") {
  const auto count = [](yaml_section& s) { return s.whole("count"); };
  const auto share = [](yaml_section& s) { return s.real("share"); };
  const auto flag = [](yaml_section& s) { return s.flag("on"); };
  const auto name = [](yaml_section& s) { return s.text("name"); };
  CHECK(read("count: 1", count) == 1);
  CHECK(read("count: 10", count) == 10);
  CHECK(read("many: 9223372036854775807", [](yaml_section& s) { return s.whole("many"); }) ==
        9223372036854775807);
  CHECK(read("share: 1", share) == 1.0);
  CHECK(read("share: 1e-3", share) == 0.001);
  CHECK(read("share: .5", share) == 0.5);
  CHECK(read("on: true", flag) == true);
  CHECK(read("on: False", flag) == false);
  CHECK(read("name: 2024", name) == "2024");
  CHECK(read("name: \"2024\"", name) == "2024");
  CHECK(read("way: \"skip\"", [](yaml_section& s) { return s.text("way"); }) == "skip");
}

TEST_CASE("a text or a list of texts is a list") {
  const auto files = [](yaml_section& s) { return s.texts("files"); };
  using texts = std::vector<std::string>;
  CHECK(read("files: a", files) == texts{"a"});
  CHECK(read("files: [a]", files) == texts{"a"});
  CHECK(read("files: [a, \"b c\", 3]", files) == texts{"a", "b c", "3"});
  CHECK(read("files:", files).empty());
}

TEST_CASE("options are kept as text") {
  const auto options = read("free: {a: 0.10, b: \"x\", c: true, d: \"\"}",
                            [](yaml_section& s) { return s.options("free"); });
  CHECK(options ==
        std::map<std::string, std::string>{{"a", "0.10"}, {"b", "x"}, {"c", "true"}, {"d", ""}});
}

TEST_CASE("a key without a value is not set") {
  CHECK(problem("files:\non:\ncount: ~\nshare: null\nway:\nfree:\ninner:\nlist:\n") == "");
  CHECK(read("count:", [](yaml_section& s) { return s.whole("count"); }) == std::nullopt);
  CHECK_FALSE(read("count:", [](yaml_section& s) { return s.has("count"); }));
  CHECK(read("count:", [](yaml_section& s) { return s.names().size(); }) == 1);
}

TEST_CASE("a wrong value is named with its place and what was expected") {
  const struct {
    std::string text;
    std::string message;
  } cases[] = {
      {"count: []", "c.yaml:2:8: count is a list; expected a whole number from 1 to 10"},
      {"count: {}", "c.yaml:2:8: count is a map; expected a whole number from 1 to 10"},
      {"count: 0", "c.yaml:2:8: count is \"0\"; expected a whole number from 1 to 10"},
      {"count: 11", "c.yaml:2:8: count is \"11\"; expected a whole number from 1 to 10"},
      {"count: 1.5", "c.yaml:2:8: count is \"1.5\"; expected a whole number from 1 to 10"},
      {"count: 1e1", "c.yaml:2:8: count is \"1e1\"; expected a whole number from 1 to 10"},
      {"count: 0x1", "c.yaml:2:8: count is \"0x1\"; expected a whole number from 1 to 10"},
      {"count: \"5\"",
       "c.yaml:2:8: count is \"5\" in quotes; expected a whole number from 1 to 10"},
      {"many: 0", "c.yaml:2:7: many is \"0\"; expected a whole number of at least 1"},
      {"many: 9223372036854775808",
       "c.yaml:2:7: many is \"9223372036854775808\"; expected a whole number of at least 1"},
      {"share: 0", "c.yaml:2:8: share is \"0\"; expected a number above 0 and up to 1"},
      {"share: 1.01", "c.yaml:2:8: share is \"1.01\"; expected a number above 0 and up to 1"},
      {"share: .inf", "c.yaml:2:8: share is \".inf\"; expected a number above 0 and up to 1"},
      {"share: inf", "c.yaml:2:8: share is \"inf\"; expected a number above 0 and up to 1"},
      {"share: nan", "c.yaml:2:8: share is \"nan\"; expected a number above 0 and up to 1"},
      {"on: yes", "c.yaml:2:5: on is \"yes\"; expected true or false"},
      {"on: \"true\"", "c.yaml:2:5: on is \"true\" in quotes; expected true or false"},
      {"way: skipp", "c.yaml:2:6: way is \"skipp\"; expected fail or skip; did you mean \"skip\"?"},
      {"way: wait", "c.yaml:2:6: way is \"wait\"; expected fail or skip"},
      {"files: []", "c.yaml:2:8: files is a list; expected text or a list of texts"},
      {"files: {}", "c.yaml:2:8: files is a map; expected text or a list of texts"},
      {"files: \"\"", "c.yaml:2:8: files is empty; expected text or a list of texts"},
      {"files: [a, \"\"]", "c.yaml:2:12: files.1 is empty; expected text or a list of texts"},
      {"files: [[a]]", "c.yaml:2:9: files.0 is a list; expected text or a list of texts"},
      {"free: [a]", "c.yaml:2:7: free is a list; expected a map of texts and numbers"},
      {"free: {a: [1]}", "c.yaml:2:11: free.a is a list; expected a text or a number"},
      {"inner: hot", "c.yaml:2:8: inner is \"hot\"; expected a map"},
      {"inner: {depth: hot}", "c.yaml:2:16: inner.depth is \"hot\"; expected a number from 0 to 2"},
      {"list: {id: 1}", "c.yaml:2:7: list is a map; expected a list"},
      {"list: [x]", "c.yaml:2:8: list.0 is \"x\"; expected a map"},
      {"list: [{id: a}, {}]", "c.yaml:2:17: list.1.id is required: expected text"},
      {"list: [{id: \"\"}]", "c.yaml:2:13: list.0.id is empty; expected text"},
      {"inner: \"http://u:secret@h\"",
       "c.yaml:2:8: inner is not shown (it may hold a password) in quotes; expected a map"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    CHECK(problem(text) == message);
  }
}

TEST_CASE("an unknown key is named with the near miss, its right section, or what is known") {
  const struct {
    std::string text;
    std::string message;
  } cases[] = {
      {"coun: 1", "c.yaml:2:1: unknown key \"coun\"; did you mean \"count\"?"},
      {"inner:\n  dept: 1", "c.yaml:3:3: unknown key \"dept\" in inner; did you mean \"depth\"?"},
      {"list:\n  - {id: 1, idd: 2}",
       "c.yaml:3:13: unknown key \"idd\" in list.0; did you mean \"id\"?"},
      {"depth: 1", "c.yaml:2:1: unknown key \"depth\"; did you mean inner.depth?"},
      {"inner: {zzz: 1}", "c.yaml:2:9: unknown key \"zzz\" in inner; known are depth, nothing"},
      {"inner: {nothing: {a: 1}}",
       "c.yaml:2:19: unknown key \"a\" in inner.nothing; it takes no keys"},
      {"secret: abc", "c.yaml:2:1: secret: put it elsewhere"},
      {"inner: {secret: abc}",
       "c.yaml:2:9: unknown key \"secret\" in inner; known are depth, nothing"},
      {"zzzzzz: 1",
       "c.yaml:2:1: unknown key \"zzzzzz\"; known are name, files, on, count, many, share, way, "
       "free, inner, list"},
      {"\"a\\nb\": 1",
       "c.yaml:2:1: unknown key \"a b\"; known are name, files, on, count, many, share, way, "
       "free, inner, list"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    CHECK(problem(text) == message);
  }
}

TEST_CASE("a required key that is missing is named where its section stands") {
  CHECK(problem_of_whole("on: true") == "c.yaml:1:1: name is required: expected text");
  CHECK(problem_of_whole("name:") == "c.yaml:1:1: name is required: expected text");
}

TEST_CASE("the first problem stays; unknown keys come before what depends on them") {
  CHECK(problem_of_whole("nam: x\ncount: 0\n") ==
        "c.yaml:1:1: unknown key \"nam\"; did you mean \"name\"?");
  CHECK(problem("share: 5\ncount: 0\n") ==
        "c.yaml:3:8: count is \"0\"; expected a whole number from 1 to 10");
}

TEST_CASE("a reader's own complaint stands at the value, or where it is missing") {
  const auto tree = parse_yaml("name: n\ninner:\n  depth: 1\n", "c.yaml");
  const auto complaint = [&](auto complain) {
    yaml_reading reading{keys};
    yaml_section root(*tree, reading);
    complain(root);
    return reading.problem->message;
  };
  CHECK(complaint([](yaml_section& s) { s.fail("name", "is dull"); }) ==
        "c.yaml:1:7: name is dull");
  CHECK(complaint([](yaml_section& s) { s.section("inner").fail("depth", "is dull"); }) ==
        "c.yaml:3:10: inner.depth is dull");
  CHECK(complaint([](yaml_section& s) { s.section("inner").fail("nothing", "is missed"); }) ==
        "c.yaml:2:1: inner.nothing is missed");
  CHECK(complaint([](yaml_section& s) { s.section("inner").fail("is dull"); }) ==
        "c.yaml:2:1: inner is dull");
}
