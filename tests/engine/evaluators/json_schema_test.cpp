#include "engine/evaluators/json_schema.hpp"

#include <fmt/format.h>

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;
using test::check_judged;
using test::configured;

namespace {

evaluator_config following(const std::string& schema) {
  return configured("json_schema", {{"schema", schema}});
}

std::string refused(const std::string& schema) {
  const auto made = make_evaluator(following(schema), evaluator_kinds());
  return made ? "" : made.error().message;
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  while (count-- > 0) out += text;
  return out;
}

const std::string answer_schema =
    R"({"type":"object","properties":{"answer":{"type":"integer","minimum":3},)"
    R"("steps":{"type":"array","items":{"type":"string"}}},"required":["answer"],)"
    R"("additionalProperties":false})";

}  // namespace

TEST_CASE("json_schema says whether the answer's JSON follows it, and where it does not") {
  check_judged(
      following(answer_schema),
      {{R"({"answer": 8, "steps": ["a"]})", "", 1, ""},
       {R"({"answer": 8.0})", "", 1, ""},
       {"Here:\n```json\n{\"answer\": 8}\n```\nDone.", "", 1, ""},
       {"```json\n{\"answer\": 8}\n```", "", 1, ""},
       {"<think>{\"answer\": \"x\"}</think>{\"answer\": 8}", "", 1, ""},
       {R"({"answer": 8.5})", "", 0, "[answer]: Value type not permitted by 'type' constraint."},
       {R"({"answer": "8"})", "", 0, "[answer]: Value type not permitted by 'type' constraint."},
       {R"({"answer": 2})", "", 0, "[answer]: Expected number greater than or equal to 3.000000"},
       {R"({"steps": []})", "", 0, "Missing required property 'answer'."},
       {"[]", "", 0, "Value type not permitted by 'type' constraint."},
       {"<think>{\"answer\": 8}</think>", "", 0, "no whole JSON"},
       {R"({"answer": 8)", "", 0, "no whole JSON"},
       {"8 apples", "", 0, "no whole JSON"},
       {"{\"answer\": \"\xff\"}", "", 0, "no whole JSON"},
       {"", "", 0, "no whole JSON"}});
  check_judged(following(R"({"type":"array","items":{"type":"integer"}})"),
               {{"```\n[1, 2]\n```", "", 1, ""}, {"[1, 2, 3]", "", 1, ""}});
  CHECK(test::judged(test::made(following(answer_schema)), R"({"answer":8,"x":1})", {}).score == 0);
  CHECK_FALSE(test::made(following("{}")).needs_reference);
}

TEST_CASE("a schema may refer to its own parts, and format is an annotation") {
  check_judged(following(R"({"$ref":"#/$defs/n","$defs":{"n":{"type":"object","required":["v"],)"
                         R"("properties":{"v":{"type":"integer"},"next":{"$ref":"#/$defs/n"}}}}})"),
               {{R"({"v":1,"next":{"v":2}})", "", 1, ""}});
  check_judged(following(R"({"properties":{"d":{"type":"string","format":"date"},)"
                         R"("pattern":{"type":"string"}}})"),
               {{R"({"d":")" + std::string(500'000, '1') + R"(","pattern":"x"})", "", 1, ""}});
}

TEST_CASE("json_schema looks at what the newer drafts say in other words") {
  check_judged(
      following(
          R"({"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"items":false})"),
      {{R"([5,"x"])", "", 1, ""},
       {R"(["x",5])", "", 0, "[0]: Value type not permitted by 'type' constraint."}});
  const auto score = [](const std::string& schema, const std::string& answer) {
    return test::judged(test::made(following(schema)), answer, {}).score;
  };
  const std::string pair = R"({"prefixItems":[{"type":"integer"}],"items":false})";
  CHECK(score(pair, "[5]") == 1);
  CHECK(score(pair, "[5,6]") == 0);
  const std::string beside =
      R"({"$defs":{"n":{"required":["v"]}},"properties":{"x":{"$ref":"#/$defs/n","required":["w"]}}})";
  CHECK(score(beside, R"({"x":{"v":1,"w":2}})") == 1);
  CHECK(score(beside, R"({"x":{"v":1}})") == 0);
  CHECK(score(beside, R"({"x":{"w":1}})") == 0);
  for (const char* draft :
       {"http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-04/schema#"}) {
    CAPTURE(draft);
    const auto of_draft = fmt::format(R"({{"$schema":"{}",{})", draft, beside.substr(1));
    CHECK(score(of_draft, R"({"x":{"v":1}})") == 1);
    CHECK(score(of_draft, R"({"x":{"w":1}})") == 0);
  }
  const std::string depends =
      R"({"dependentRequired":{"a":["b"]},"dependentSchemas":{"a":{"required":["c"]}}})";
  CHECK(score(depends, R"({"a":1,"b":2,"c":3})") == 1);
  CHECK(score(depends, R"({"a":1,"c":3})") == 0);
  CHECK(score(depends, R"({"a":1,"b":2})") == 0);
  CHECK(score(depends, R"({"d":1})") == 1);
}

TEST_CASE("a schema of which a part would not be looked at is refused") {
  for (const char* word :
       {"unevaluatedProperties", "unevaluatedItems", "minContains", "maxContains"}) {
    CAPTURE(word);
    CHECK(refused(fmt::format(R"({{"items":{{"{}":2}}}})", word)) ==
          fmt::format("schema has {}, which is not looked at", word));
  }
  CHECK(refused(R"({"multipleOf":0.01})") ==
        "schema has a multipleOf of 0.01; only whole numbers are looked at");
  CHECK(refused(R"({"multipleOf":2})") == "");
}

TEST_CASE(
    "json_schema takes a list in prose whole, a list of anything where its lines are its own") {
  check_judged(
      following(R"({"type":"object"})"),
      {{R"(Here: [{"n":5},{"n":"y"}])", "", 0, "Value type not permitted by 'type' constraint."},
       {"{\"n\":5}\n[1] A note.", "", 1, ""}});
  check_judged(following(R"({"type":"array","items":{"type":"integer"}})"),
               {{"Here it is:\n[1,2]", "", 1, ""},
                {"Here it is:\n[\n  1,\n  2\n]\nDone.", "", 1, ""},
                {"It is in [1, 2].", "", 0, "no whole JSON"}});
  check_judged(following(R"({"type":"object"})"), {{"{\"n\":5}\n[1]", "", 1, ""},
                                                   {"{\"n\":5}\n[note]", "", 1, ""},
                                                   {"{\"n\":5}\n[n = 2", "", 1, ""}});
}

TEST_CASE("a schema that cannot be, or that an answer could turn against us, is refused") {
  CHECK(refused("{") == "schema is no JSON of at most 64 levels");
  CHECK(refused(R"({"type":"objec"})").starts_with("schema is no JSON Schema; valijson says "));
  CHECK(refused(R"({"type":5})").starts_with("schema is no JSON Schema; valijson says "));
  CHECK(refused(R"({"properties":{"a":{"pattern":"(a+)+$"}}})") ==
        "schema has a pattern, which is not looked at; add a regex evaluator for it");
  CHECK(refused(R"({"items":[{"not":{"patternProperties":{}}}]})").find("patternProperties") !=
        std::string::npos);
  CHECK(refused(R"({"$ref":"http://x/y"})") ==
        "schema refers to \"http://x/y\"; expected a place in it, as in #/$defs/name");
  CHECK(refused(R"({"$ref":"#/x"})") == "schema refers to \"#/x\", which it does not have");
  for (const char* loop :
       {R"({"allOf":[{"$ref":"#"}]})", R"({"$ref":"#"})",
        R"({"$defs":{"a":{"not":{"$ref":"#/$defs/b"}},"b":{"if":{"$ref":"#/$defs/a"}}}})",
        R"({"properties":{"x":{"anyOf":[{"$ref":"#/properties/x"}]}}})"}) {
    CAPTURE(loop);
    CHECK(refused(loop) == "schema refers to itself, for the same value");
  }
}

TEST_CASE("a hostile answer is refused or bounded, never followed down or compared for ever") {
  const auto by = test::made(following(R"({"type":"array","items":{"$ref":"#"}})"));
  CHECK(test::judged(by, repeated("[", 40) + repeated("]", 40), {}).score == 1);
  CHECK(test::judged(by, repeated("[", 400'000) + repeated("]", 400'000), {}).score == 0);
  CHECK(test::judged(by, "[" + repeated("1,", 400'000) + "1]", {}).score == 0);
  const auto huge = test::judged(by, repeated("[],", 1 << 20), {});
  CHECK_FALSE(huge.score.has_value());
  CHECK(huge.detail == "more than 1024 KiB are not looked at");
  const auto unique = test::made(following(R"({"uniqueItems":true})"));
  CHECK(test::judged(unique, "[1,2,1]", {}).score == 0);
  CHECK(test::judged(unique, "[1,2,3]", {}).score == 1);
  CHECK(test::judged(unique, "[" + repeated("1,", 8'000) + "1]", {}).score == 0);
  CHECK_FALSE(test::judged(unique, "[" + repeated("1,", 9'000) + "1]", {}).score.has_value());
}
