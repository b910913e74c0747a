#include "engine/prompt/prompts.hpp"

#include <doctest/doctest.h>

#include "engine/prompt/record_json.hpp"
#include "providers/body/json_parser.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

config asking(const std::string& user) {
  config run;
  run.prompt.user = user;
  return run;
}

config with_own_messages() {
  config run;
  run.prompt.messages_field = "chat";
  return run;
}

prompts made(const config& run) {
  auto one = prompts::make(run);
  REQUIRE_MESSAGE(one.has_value(), one.error().message);
  return std::move(*one);
}

result<sample> rendered(const config& run, const std::string& record) {
  retort::providers::json_parser parser;
  const auto root = parse_record(parser, record);
  REQUIRE_MESSAGE(root.has_value(), root.error().message);
  sample into;
  into.key.ordinal = 12;
  const auto done = made(run).render(*root, into);
  if (!done) return done.error();
  return into;
}

sample asked(const config& run, const std::string& record) {
  auto one = rendered(run, record);
  REQUIRE_MESSAGE(one.has_value(), one.error().message);
  return std::move(*one);
}

std::string problem(const config& run, const std::string& record) {
  const auto one = rendered(run, record);
  REQUIRE_FALSE(one.has_value());
  CHECK(one.error().code == errc::dataset);
  return one.error().message;
}

// "role: content" lines.
std::string conversation(const sample& of) {
  std::string text;
  for (const auto& one : of.messages) text += one.role + ": " + one.content + "\n";
  return text;
}

}  // namespace

TEST_CASE("each variant has the prompt of its combination") {
  config run = asking("{{q}}");
  run.variations.resize(2);
  run.variations[0].prompt.user = "{{q}}";
  run.variations[1].prompt.system = "Be brief.";
  run.variations[1].prompt.user = "Think: {{q}}";
  const prompts all = made(run);
  retort::providers::json_parser parser;
  const auto root = parse_record(parser, R"({"q": "x"})");
  REQUIRE(root.has_value());
  const std::string expected[] = {"user: x\n", "system: Be brief.\nuser: Think: x\n"};
  for (std::uint32_t variant = 0; variant < 4; ++variant) {
    sample into;
    into.key.variant = variant;
    REQUIRE(all.render(*root, into).has_value());
    CHECK(conversation(into) == expected[variant % 2]);
  }
}

TEST_CASE("a template of a variation that is wrong is named with its values") {
  config run = asking("{{q}}");
  run.variations.resize(1);
  run.variations[0].prompt.user = "{{q";
  run.variations[0].values = R"({"prompt.user":"{{q"})";
  const auto made = prompts::make(run);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().message ==
        "vary {\"prompt.user\":\"{{q\"}: prompt.user: 1:1: this tag is never closed by \"}}\"");
}

TEST_CASE("without dataset.id a record is named by its ordinal") {
  CHECK(asked(asking("{{q}}"), R"({"q":"x","id":"y"})").id == "12");
}

TEST_CASE("a record's id is text, or the JSON of what the field holds") {
  config run = asking("x");
  run.dataset.id = "id";
  struct {
    const char* value;
    const char* id;
  } const table[] = {
      {R"("q1")", "q1"},
      {R"("")", ""},
      {R"("a \"b\"\n")", "a \"b\"\n"},
      {"17", "17"},
      {"-3", "-3"},
      {"18446744073709551615", "18446744073709551615"},
      {"9007199254740993", "9007199254740993"},
      {"1.50", "1.50"},
      {"true", "true"},
      {R"([1, "a"])", R"([1,"a"])"},
      {R"({"a": 1})", R"({"a":1})"},
  };
  for (const auto& [value, id] : table) {
    CHECK(asked(run, std::string(R"({"id":)") + value + "}").id == id);
  }
  CHECK(problem(run, R"({"ID":1})") == "dataset.id: the record has no field \"id\". It has: ID");
}

TEST_CASE("a record's id may be a path, and a field's name may have dots") {
  config run = asking("x");
  run.dataset.id = "meta.ids.1";
  CHECK(asked(run, R"({"meta":{"ids":["a","b"]}})").id == "b");
  CHECK(asked(run, R"({"meta":{"ids":["a","b"]},"meta.ids.1":"c"})").id == "c");
  CHECK(problem(run, R"({"meta":{"id":7}})") ==
        "dataset.id: the field \"meta\" has no \"ids\"; did you mean \"id\"? It has: id");
  CHECK(problem(run, R"({"meta":7})") ==
        "dataset.id: the field \"meta\" is a number and has no \"ids\"");
}

TEST_CASE("a user template is one message, after the system's where there is one") {
  config run = asking("What is {{a}} + {{b}}?");
  CHECK(conversation(asked(run, R"({"a":5,"b":3})")) == "user: What is 5 + 3?\n");
  run.prompt.system = "Be {{manner}}.";
  CHECK(conversation(asked(run, R"({"a":5,"b":3,"manner":"brief"})")) ==
        "system: Be brief.\nuser: What is 5 + 3?\n");
}

TEST_CASE("messages are templates one by one, with their roles") {
  config run;
  run.prompt.system = "S";
  run.prompt.messages = {{"user", "{{a}}"}, {"assistant", "{{b}}"}, {"user", "again"}};
  CHECK(conversation(asked(run, R"({"a":"x","b":"y"})")) ==
        "system: S\nuser: x\nassistant: y\nuser: again\n");
}

TEST_CASE("a record can bring its own conversation, which is taken as it is") {
  config run = with_own_messages();
  const std::string record =
      R"({"chat":[{"role":"user","content":"{{a}} é","name":"n"},{"role":"assistant","content":""}]})";
  CHECK(conversation(asked(run, record)) == "user: {{a}} é\nassistant: \n");
  run.prompt.system = "S";
  CHECK(conversation(asked(run, record)) == "system: S\nuser: {{a}} é\nassistant: \n");
}

TEST_CASE("ShareGPT has the system message beside the conversation") {
  const std::string record = R"({"system":"S","chat":[{"from":"human","value":"q"}]})";
  CHECK(conversation(asked(with_own_messages(), record)) == "system: S\nuser: q\n");
}

TEST_CASE("a conversation may stand within a field, or in one with a dot in its name") {
  config run = with_own_messages();
  run.prompt.messages_field = "body.messages";
  constexpr char batch[] =
      R"({"custom_id":"1","body":{"messages":[{"role":"user","content":"q"}]}})";
  CHECK(conversation(asked(run, batch)) == "user: q\n");
  CHECK(conversation(asked(run, R"({"body.messages":[{"role":"user","content":"r"}]})")) ==
        "user: r\n");
  CHECK(problem(run, R"({"body":{}})") ==
        "prompt.messages_field \"body.messages\" is not in this record");
}

TEST_CASE("a column that JSON cannot hold is its record's error") {
  config run = asking("{{q}}");
  run.outputs = {{}};
  run.outputs[0].columns = {"n"};
  CHECK(
      problem(run, R"({"q":"q","n":NaN})").starts_with("outputs: columns: the field \"n\" is NaN"));
  CHECK(problem(run, R"({"q":"q","n":[1,12345678901234567890123]})")
            .starts_with("outputs: columns: the field \"n\" holds "));
}

TEST_CASE("the columns of all outputs are taken from the record, in the form that a line keeps") {
  config run = asking("q");
  run.outputs.resize(2);
  run.outputs[0].columns = {"topic", "meta.level"};
  run.outputs[1].columns = {"topic", "a.b"};
  constexpr char record[] =
      R"({"topic":"\u00e9\"\n","meta":{"level":[ 1.50, null ]},"a.b":true,"other":1})";
  CHECK(asked(run, record).columns == R"("a.b":true,"meta.level":[1.50,null],"topic":"é\"\n")");
  CHECK(problem(run, R"({"topik":"x","meta":{"level":1},"a.b":1})") ==
        "outputs: columns: the record has no field \"topic\"; did you mean \"topik\"? It has: "
        "topik, meta, a.b");
}

TEST_CASE("a conversation of another shape is the record's fault") {
  const config run = with_own_messages();
  const std::string field = "prompt.messages_field \"chat\" ";
  struct {
    const char* record;
    std::string message;
  } const table[] = {
      {R"({})", field + "is not in this record"},
      {R"({"chat":"hello"})", field + "is not a list of messages in this record"},
      {R"({"chat":NaN})", field + "is NaN, which is no JSON value in this record"},
      {R"({"chat":[{"role":"user","content":"x"},{"role":"user","content":"a\ud83d"}]})",
       field + "has, as message 2, one whose content is a text with half a surrogate pair "
               "(\\ud83d)"},
      {R"({"system":NaN,"chat":[{"from":"human","value":"x"}]})",
       field + "has beside it a system that is NaN, which is no JSON value"},
      {R"({"chat":[{"role":"human","content":"x"}]})",
       field + "has, as message 1, one of the unknown role \"human\"; expected system, developer, "
               "user, assistant or tool"},
  };
  for (const auto& [record, message] : table) {
    CAPTURE(record);
    CHECK(problem(run, record) == message);
  }
}

TEST_CASE("a field that the record lacks is an error, never a blank") {
  config run = asking("{{question}}");
  CHECK(problem(run, R"({"qestion":"x"})") ==
        "prompt: the record has no field \"question\"; did you mean \"qestion\"? It has: qestion");
  run.prompt.system = "{{manner}}";
  CHECK(problem(run, R"({"question":"x"})")
            .starts_with("prompt: the record has no field "
                         "\"manner\""));
}

TEST_CASE("the reference is its rendered template, trimmed, or what the pattern takes out of it") {
  config run = asking("x");
  CHECK_FALSE(asked(run, R"({"answer":"8"})").reference.has_value());
  run.reference = {"{{answer}}", {}};
  CHECK(asked(run, R"({"answer":" 8 \n"})").reference == "8");
  CHECK(asked(run, R"({"answer":8})").reference == "8");
  CHECK(asked(run, R"({"answer":""})").reference == "");
  run.reference->pattern = "#### (.*)";
  CHECK(asked(run, R"({"answer":"5 + 3 = 8\n#### 8"})").reference == "8");
}

TEST_CASE("a record without a reference is the record's fault") {
  config run = asking("x");
  run.reference = {"{{answer}}", "#### (.*)"};
  CHECK(problem(run, R"({"anser":"#### 8"})")
            .starts_with("reference: the record has no field "
                         "\"answer\""));
  CHECK(problem(run, R"({"answer":"just 8"})") ==
        "reference: pattern \"#### (.*)\" matches nothing in \"just 8\"");
}

TEST_CASE("a template or a pattern that cannot be used names its key before anything is asked") {
  struct {
    const char* key;
    std::function<void(config&)> spoil;
  } const table[] = {
      {"prompt.system: ", [](config& run) { run.prompt.system = "{{a"; }},
      {"prompt.user: ", [](config& run) { run.prompt.user = "{{#a}}"; }},
      {"prompt.messages[1].content: ",
       [](config& run) {
         run.prompt.user.reset();
         run.prompt.messages = {{"user", "{{a}}"}, {"user", "{{/a}}"}};
       }},
      {"reference.template: ",
       [](config& run) {
         run.reference = {"{{>a}}", {}};
       }},
      {"reference.pattern: ",
       [](config& run) {
         run.reference = {"x", "("};
       }},
  };
  for (const auto& [key, spoil] : table) {
    CAPTURE(key);
    config run = asking("{{a}}");
    spoil(run);
    const auto one = prompts::make(run);
    REQUIRE_FALSE(one.has_value());
    CHECK(one.error().code == errc::usage);
    CHECK(one.error().message.starts_with(key));
  }
}

TEST_CASE("where it may have to be shortened, the longest field of a prompt is noted") {
  config run = asking("{{a}}: {{b}} {{#c}}<{{d}}>{{/c}}");
  run.prompt.system = "A long line of instructions that no field has filled.";
  const std::string record = R"({"a":"short","b":"bbbbbbbb","c":[{"d":1},{"d":"dddddddddddd"}]})";
  CHECK(asked(run, record).longest.size == 0);
  run.shortens = true;
  const sample made = asked(run, record);
  REQUIRE(made.longest.message == 1);
  CHECK(made.messages[1].content.substr(made.longest.begin, made.longest.size) == "dddddddddddd");

  config own = with_own_messages();
  own.shortens = true;
  const sample talk = asked(
      own, R"({"chat":[{"role":"system","content":"s"},{"role":"user","content":"a question"}]})");
  CHECK(talk.longest.message == 1);
  CHECK(talk.longest.begin == 0);
  CHECK(talk.longest.size == 10);
}

TEST_CASE("a field with a dot in its name is found where there is no such path") {
  const config run = asking("{{a.b}}{{#a.list}}<{{.}}>{{/a.list}}");
  CHECK(conversation(asked(run, R"({"a.b":"flat","a.list":[1,2]})")) == "user: flat<1><2>\n");
  CHECK(conversation(asked(run, R"({"a":{"c":1},"a.b":"flat"})")) == "user: flat\n");
  CHECK(conversation(asked(run, R"({"a":{"b":"nested"},"a.b":"flat"})")) == "user: nested\n");
  CHECK(problem(run, R"({"a":{"c":1}})") ==
        "prompt: the field \"a\" has no \"b\"; did you mean \"c\"? It has: c");
}
