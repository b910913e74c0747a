#include "engine/prompt/prompt_template.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/prompt/record_json.hpp"
#include "providers/body/json_parser.hpp"
#include "tests/support/samples.hpp"

using retort::errc;
using retort::engine::prompt_template;

namespace {

// What the template gives for the record, or "error: " and the message.
std::string render(std::string_view text, std::string_view record) {
  const auto parsed = prompt_template::parse(text);
  if (!parsed) return "parse: " + parsed.error().message;
  retort::providers::json_parser parser;
  simdjson::dom::element root;
  REQUIRE(parser.parse(std::string(record)).get(root) == simdjson::SUCCESS);
  std::string out;
  const auto rendered = parsed->render(root, out);
  if (rendered) return out;
  CHECK(rendered.error().code == errc::dataset);
  CHECK(out.empty());
  return "error: " + rendered.error().message;
}

std::string parse_error(std::string_view text) {
  const auto parsed = prompt_template::parse(text);
  if (parsed) return "";
  CHECK(parsed.error().code == errc::usage);
  return parsed.error().message;
}

struct rendering {
  std::string_view text, record, expected;
};

void check_all(const std::vector<rendering>& table) {
  for (const auto& [text, record, expected] : table) {
    CAPTURE(text);
    CAPTURE(record);
    CHECK(render(text, record) == expected);
  }
}

}  // namespace

TEST_CASE("text without a tag comes out as it is, byte for byte") {
  for (const std::string_view text :
       {"", " ", "\n\n", "plain\r\ntext", "{ single } braces {x}", "}} }}}", "a {",
        "\t caf\xc3\xa9\n", "\\frac{1}{2} \"<&>\""}) {
    CHECK(render(text, "{}") == text);
  }
}

TEST_CASE("a variable is replaced by its field, without any escaping") {
  check_all({
      {"{{q}}", R"({"q":"2+2?"})", "2+2?"},
      {"{{ q }}", R"({"q":"2+2?"})", "2+2?"},
      {"{{\tq\n}}", R"({"q":"2+2?"})", "2+2?"},
      {"{{{q}}}", R"({"q":"<a href=\"x\">&'</a>"})", R"(<a href="x">&'</a>)"},
      {"{{{ q }}}", R"({"q":"x"})", "x"},
      {"{{&q}}", R"({"q":"<&>"})", "<&>"},
      {"{{& q}}", R"({"q":"<&>"})", "<&>"},
      {"{{q}}", R"({"q":"<&>"})", "<&>"},
      {"Q: {{q}}\nA: {{a}}.", R"({"a":"4","q":"2+2?"})", "Q: 2+2?\nA: 4."},
      {"{{q}}{{q}}", R"({"q":"x"})", "xx"},
      {"{\"k\": {{q}}}", R"({"q":"1"})", "{\"k\": 1}"},
      {"{{a field}}", R"({"a field":"x"})", "x"},
      {"{{fran\xc3\xa7"
       "ais}}",
       "{\"fran\xc3\xa7"
       "ais\":\"oui\"}",
       "oui"},
      {"{{q}}", R"({"q":""})", ""},
      {"{{q}}", R"({"q":"two\n  lines\t \u0000."})", std::string_view("two\n  lines\t \0.", 15)},
      {"{{q}}", R"({"q":"{{a}}","a":"never"})", "{{a}}"},  // a value is not a template
  });
}

TEST_CASE("numbers and booleans come out as they stand in the record") {
  check_all({
      {"{{n}}", R"({"n":0})", "0"},
      {"{{n}}", R"({"n":-7})", "-7"},
      {"{{n}}", R"({"n":9007199254740993})", "9007199254740993"},
      {"{{n}}", R"({"n":-9223372036854775808})", "-9223372036854775808"},
      {"{{n}}", R"({"n":18446744073709551615})", "18446744073709551615"},
      {"{{n}}", R"({"n":1.0})", "1.0"},
      {"{{n}}", R"({"n":0.0})", "0.0"},
      {"{{n}}", R"({"n":-0.0})", "-0.0"},
      {"{{n}}", R"({"n":0.1})", "0.1"},
      {"{{n}}", R"({"n":100000.0})", "100000.0"},
      {"{{n}}", R"({"n":1234567.891})", "1234567.891"},
      {"{{n}}", R"({"n":0.0001})", "0.0001"},
      {"{{n}}", R"({"n":1e-7})", "1e-7"},
      {"{{n}}", R"({"n":1e15})", "1e15"},
      {"{{n}}", R"({"n":1.5e300})", "1.5e300"},
      {"{{n}}", R"({"n":-1.7976931348623157e308})", "-1.7976931348623157e308"},
      {"{{n}}", R"({"n":2.50})", "2.50"},
      {"{{n}}", R"({"n":9007199254740993.0})", "9007199254740993.0"},
      {"{{a.0}} {{#a}}{{.}};{{/a}}", R"({"a":[3.14159265358979323846, 1E+2]})",
       "3.14159265358979323846 3.14159265358979323846;1E+2;"},
      {"{{n}}", R"({"n":0.30000000000000004})", "0.30000000000000004"},
      {"{{n}}", R"({"n":true})", "true"},
      {"{{n}}", R"({"n":false})", "false"},
  });
}

TEST_CASE("a path reaches into objects and lists") {
  check_all({
      {"{{a.b}}", R"({"a":{"b":"x"}})", "x"},
      {"{{a.b.c}}", R"({"a":{"b":{"c":3}}})", "3"},
      {"{{a.0}} {{a.2}}", R"({"a":["x","y","z"]})", "x z"},
      {"{{a.1.b}}", R"({"a":[{"b":1},{"b":2}]})", "2"},
      {"{{a.0}}", R"({"a":{"0":"a key of digits"}})", "a key of digits"},
  });
}

TEST_CASE("a section appears once for what is there and never for what is not") {
  check_all({
      {"[{{#x}}yes{{/x}}]", R"({})", "[]"},
      {"[{{#x}}yes{{/x}}]", R"({"x":null})", "[]"},
      {"[{{#x}}yes{{/x}}]", R"({"x":false})", "[]"},
      {"[{{#x}}yes{{/x}}]", R"({"x":""})", "[]"},
      {"[{{#x}}yes{{/x}}]", R"({"x":[]})", "[]"},
      {"[{{#x}}yes{{/x}}]", R"({"x":true})", "[yes]"},
      {"[{{#x}}yes{{/x}}]", R"({"x":"text"})", "[yes]"},
      {"[{{#x}}yes{{/x}}]", R"({"x":0})", "[yes]"},
      {"[{{#x}}yes{{/x}}]", R"({"x":0.0})", "[yes]"},
      {"[{{#x}}yes{{/x}}]", R"({"x":{}})", "[yes]"},
      {"[{{# x }}yes{{/ x }}]", R"({"x":1})", "[yes]"},
      {"{{#x}}Hint: {{x}}{{/x}}", R"({"x":"think"})", "Hint: think"},
      {"{{#x}}Hint: {{.}}{{/x}}", R"({"x":"think"})", "Hint: think"},
      {"{{#a.b}}{{c}}{{/a.b}}", R"({"a":{"b":{"c":"deep"}}})", "deep"},
      {"[{{#a.b}}{{c}}{{/a.b}}]", R"({"a":{}})", "[]"},
      {"[{{#a.b}}{{c}}{{/a.b}}]", R"({})", "[]"},
      {"[{{#a}}{{/a}}]", R"({"a":[1,2]})", "[]"},
  });
}

TEST_CASE("an inverted section appears for what is not there") {
  check_all({
      {"[{{^x}}none{{/x}}]", R"({})", "[none]"},
      {"[{{^x}}none{{/x}}]", R"({"x":null})", "[none]"},
      {"[{{^x}}none{{/x}}]", R"({"x":false})", "[none]"},
      {"[{{^x}}none{{/x}}]", R"({"x":""})", "[none]"},
      {"[{{^x}}none{{/x}}]", R"({"x":[]})", "[none]"},
      {"[{{^x}}none{{/x}}]", R"({"x":0})", "[]"},
      {"[{{^x}}none{{/x}}]", R"({"x":{}})", "[]"},
      {"[{{^x}}none{{/x}}]", R"({"x":[0]})", "[]"},
      {"[{{^a.b}}none{{/a.b}}]", R"({"a":{}})", "[none]"},
      {"{{^x}}{{y}}{{/x}}", R"({"y":"from outside"})", "from outside"},
      {"{{#x}}A{{/x}}{{^x}}B{{/x}}", R"({"x":true})", "A"},
      {"{{#x}}A{{/x}}{{^x}}B{{/x}}", R"({"x":false})", "B"},
  });
}

TEST_CASE("a section repeats for each element of a list, which is its context") {
  check_all({
      {"{{#x}}{{.}};{{/x}}", R"({"x":["a",1,2.5,true]})", "a;1;2.5;true;"},
      {"{{#x}}{{k}}={{v}} {{/x}}", R"({"x":[{"k":"a","v":1},{"k":"b","v":2}]})", "a=1 b=2 "},
      {"{{#x}}{{k}}{{sep}}{{/x}}", R"({"sep":",","x":[{"k":"a"},{"k":"b"}]})", "a,b,"},
      {"{{#x}}{{k}}{{/x}}", R"({"k":"outer","x":[{},{"k":"inner"}]})", "outerinner"},
      {"{{#x}}[{{#.}}{{.}}{{/.}}]{{/x}}", R"({"x":[[1,2],[],[3]]})", "[12][][3]"},
      {"{{#a}}{{#b}}{{n}}{{m}} {{/b}}{{/a}}",
       R"({"a":[{"n":1,"b":[{"m":"x"},{"m":"y"}]},{"n":2,"b":[{"m":"z"}]}]})", "1x 1y 2z "},
      {"{{#a}}{{#b}}{{c}}{{/b}}{{/a}}", R"({"a":{"b":{}},"c":"from the record"})",
       "from the record"},
      {"{{#x}}{{0}}-{{1}} {{/x}}", R"({"x":[[1,2],[3,4]]})", "1-2 3-4 "},
      {"{{#x}}{{^last}}, {{/last}}{{/x}}", R"({"x":[{},{"last":true}]})", ", "},
  });
}

TEST_CASE("only the first key of a path is looked up outwards") {
  CHECK(render("{{#s}}{{a.b}}{{/s}}", R"({"a":{"b":"outer"},"s":{"c":1}})") == "outer");
  CHECK(render("{{#s}}{{a.b}}{{/s}}", R"({"a":{"b":"outer"},"s":{"a":{"c":1}}})") ==
        R"(error: the field "a" has no "b"; did you mean "c"? It has: c)");
}

TEST_CASE("a null found in an inner context hides the outer one") {
  CHECK(render("{{#s}}{{a}}{{/s}}", R"({"a":"outer","s":{"a":null}})") ==
        R"(error: the field "a" is null; a prompt takes a text, a number or a boolean)");
}

TEST_CASE("comments leave nothing behind") {
  check_all({
      {"a{{! a comment }}b", "{}", "ab"},
      {"a{{!}}b", "{}", "ab"},
      {"a {{! with {{ inside }} b", "{}", "a  b"},
      {"a\n{{! two\nlines }}\nb", "{}", "a\nb"},
      {"a {{! two\nlines }} b", "{}", "a  b"},
  });
}

TEST_CASE("section and comment tags alone on a line take the line with them") {
  check_all({
      {"a\n{{#x}}\nb\n{{/x}}\nc", R"({"x":1})", "a\nb\nc"},
      {"a\n{{#x}}\nb\n{{/x}}\nc", R"({"x":0})", "a\nb\nc"},
      {"a\n{{#x}}\nb\n{{/x}}\nc", R"({})", "a\nc"},
      {"a\n{{^x}}\nb\n{{/x}}\nc", R"({})", "a\nb\nc"},
      {"{{#x}}\nb\n{{/x}}", R"({"x":1})", "b\n"},
      {"a\n \t{{#x}} \t\nb\n  {{/x}}  \nc", R"({"x":1})", "a\nb\nc"},
      {"a\r\n{{#x}}\r\nb\r\n{{/x}}\r\nc", R"({"x":1})", "a\r\nb\r\nc"},
      {"a\n{{! note }}\nb", "{}", "a\nb"},
      {"  {{! note }}", "{}", ""},
      {"a\n{{#x}}\n- {{.}}\n{{/x}}\nend", R"({"x":[1,2]})", "a\n- 1\n- 2\nend"},
      {"{{#x}}\n{{#y}}\nb\n{{/y}}\n{{/x}}\n", R"({"x":1,"y":1})", "b\n"},
      // Not alone: the line stays.
      {"a\n{{#x}}b{{/x}}\nc", R"({})", "a\n\nc"},
      {" {{#x}} {{/x}} \n", R"({})", "  \n"},
      {"a\n- {{#x}}\nb{{/x}}", R"({"x":1})", "a\n- \nb"},
      {"a\n{{q}}\nb", R"({"q":""})", "a\n\nb"},
      {"{{! one }}{{! two }}\nb", "{}", "\nb"},
      {"a\n{{#x}}\r b{{/x}}", R"({"x":1})", "a\n\r b"},  // a lone CR ends no line
  });
}

TEST_CASE("behind LaTeX the outer braces are LaTeX's own, elsewhere they are Mustache's") {
  check_all({
      {R"(\boxed{{{q}}})", R"({"q":"x"})", R"(\boxed{x})"},
      {R"(as \boxed{{{ q }}}.)", R"({"q":"x"})", R"(as \boxed{x}.)"},
      {R"(\frac{{{q}}}{{{q}}})", R"({"q":"x"})", R"(\frac{x}{x})"},
      {R"(\frac{1}{{{q}}})", R"({"q":"x"})", R"(\frac{1}{x})"},
      {R"(\sqrt[3]{{{q}}})", R"({"q":"x"})", R"(\sqrt[3]{x})"},
      {R"(\boxed{{{q}}+{{q}}})", R"({"q":"x"})", R"(\boxed{x+x})"},
      {R"(\text{{{#q}}a{{/q}}})", R"({"q":"x"})", R"(\text{a})"},
      {R"(\boxed{{{{q}}}})", R"({"q":"x"})", R"(\boxed{x})"},
      {"x^{{{q}}} a_{{{q}}}", R"({"q":"x"})", "x^{x} a_{x}"},
      {"_{{{q}}}_ {{{q}}}{{{q}}}", R"({"q":"x"})", "_x_ xx"},
      {"{\"k\": {{{q}}}}", R"({"q":"1"})", "{\"k\": 1}"},
  });
}

TEST_CASE("a set-delimiter tag lets braces be text") {
  check_all({
      {"{{=<% %>=}}{{ x }} <% q %>", R"({"q":"1"})", "{{ x }} 1"},
      {"{{q}}{{=<% %>=}}<%q%>{{q}}<%={{ }}=%>{{q}}<%q%>", R"({"q":"1"})", "11{{q}}1<%q%>"},
      {"a\n{{=| |=}}\n|q|\n", R"({"q":"1"})", "a\n1\n"},
      {"{{= [[ ]] =}}[[#q]]a[[/q]][[^z]]b[[/z]][[! c ]]", R"({"q":"1"})", "ab"},
      {"{{=<% %>=}}{{{q}}}", R"({"q":"1"})", "{{{q}}}"},
      {"{{=<% %>=}}$"
       "{{ github.ref }} <%q%>",
       R"({"q":"1"})", "${{ github.ref }} 1"},
  });
}

TEST_CASE("a template knows whether it uses the record") {
  for (const std::string_view text : {"", "Solve {q}", "{{! q }}", "{{=<% %>=}}{{q}}"}) {
    CAPTURE(text);
    CHECK_FALSE(prompt_template::parse(text)->uses_record());
  }
  for (const std::string_view text : {"{{q}}", "{{#q}}{{/q}}", "{{^q}}x{{/q}}"}) {
    CAPTURE(text);
    CHECK(prompt_template::parse(text)->uses_record());
  }
}

TEST_CASE("a field that the record lacks is an error with the near miss and what there is") {
  check_all({
      {"{{qestion}}", R"({"id":1,"question":"x","answer":"y"})",
       R"(error: the record has no field "qestion"; did you mean "question"? It has: id, question, answer)"},
      {"{{zzz}}", R"({"id":1,"question":"x"})",
       R"(error: the record has no field "zzz". It has: id, question)"},
      {"{{q}}", "{}", R"(error: the record has no field "q"; it is empty)"},
      {"literal {{q}}", R"({"a":1})",
       R"(error: the record has no field "q"; did you mean "a"? It has: a)"},
      {"{{a.question}}", R"({"a":{"qestion":1,"n":2}})",
       R"(error: the field "a" has no "question"; did you mean "qestion"? It has: qestion, n)"},
      {"{{a.b.c}}", R"({"a":{"b":{}}})", R"(error: the field "a.b" has no "c"; it is empty)"},
      {"{{a.b.c}}", R"({"a":{"b":"x"}})", R"(error: the field "a.b" is a text and has no "c")"},
      {"{{a.b.c.d}}", R"({"a":{"b":7}})", R"(error: the field "a.b" is a number and has no "c")"},
      {"{{a.b}}", R"({"a":null})", R"(error: the field "a" is null and has no "b")"},
      {"{{a.2}}", R"({"a":[1,2]})", R"(error: the field "a" is a list and has no "2")"},
      {"{{a.-1}}", R"({"a":[1,2]})", R"(error: the field "a" is a list and has no "-1")"},
      {"{{a.99999999999999999999}}", R"({"a":[1]})",
       R"(error: the field "a" is a list and has no "99999999999999999999")"},
      {"{{#s}}{{nme}}{{/s}}", R"({"s":[{"name":1}],"id":2})",
       R"(error: the record has no field "nme"; did you mean "name"? It has: name, s, id)"},
      {"{{x}}", R"(["a","b"])", R"(error: the record has no field "x"; it is empty)"},
  });
}

TEST_CASE("a field that is null, an object or a list is an error, never a blank") {
  check_all({
      {"{{q}}", R"({"q":null})",
       R"(error: the field "q" is null; a prompt takes a text, a number or a boolean)"},
      {"{{q}}", R"({"q":{"a":1}})",
       R"(error: the field "q" is an object; a prompt takes a text, a number or a boolean)"},
      {"{{a.b}}", R"({"a":{"b":[1]}})",
       R"(error: the field "a.b" is a list; a prompt takes a text, a number or a boolean)"},
      {"{{.}}", R"({"q":1})",
       R"(error: {{.}} is an object; a prompt takes a text, a number or a boolean)"},
      {"{{#x}}{{.}}{{/x}}", R"({"x":["fine",null]})",
       R"(error: {{.}} is null; a prompt takes a text, a number or a boolean)"},
  });
}

TEST_CASE("a message about fields stays short and on one line") {
  std::string record = "{";
  for (int i = 10; i < 40; ++i) record += "\"field" + std::to_string(i) + "\":1,";
  record.back() = '}';
  CHECK(render("{{zzz}}", record) ==
        "error: the record has no field \"zzz\". It has: field10, field11, field12, field13, "
        "field14, field15, field16, field17, field18, field19, field20, field21 and 18 more");
  const std::string message = render("{{zzz}}", R"({"two\nlines\u001b[2J":1})");
  CHECK(message == "error: the record has no field \"zzz\". It has: two lines [2J");
}

TEST_CASE("a failed rendering leaves what was in the output alone") {
  const auto parsed = prompt_template::parse("some text {{a}} {{b}}");
  REQUIRE(parsed.has_value());
  retort::providers::json_parser parser;
  simdjson::dom::element record;
  REQUIRE(parser.parse(R"({"a":1})"_padded).get(record) == simdjson::SUCCESS);
  std::string out = "before ";
  CHECK_FALSE(parsed->render(record, out).has_value());
  CHECK(out == "before ");
}

TEST_CASE("rendering appends, and a template survives being copied and moved") {
  auto parsed = prompt_template::parse("[{{a}}]");  // short enough to sit inside the string itself
  REQUIRE(parsed.has_value());
  std::vector<prompt_template> templates;
  templates.push_back(std::move(*parsed));
  templates.push_back(templates.front());
  retort::providers::json_parser parser;
  simdjson::dom::element record;
  REQUIRE(parser.parse(R"({"a":1})"_padded).get(record) == simdjson::SUCCESS);
  std::string out = "x";
  for (const auto& each : templates) CHECK(each.render(record, out).has_value());
  CHECK(out == "x[1][1]");
}

TEST_CASE("a malformed template is refused with the place and the reason") {
  struct {
    std::string_view text, message;
  } const table[] = {
      {"{{name", R"(1:1: this tag is never closed by "}}")"},
      {"a\nbc {{name} }", R"(2:4: this tag is never closed by "}}")"},
      {"{{{name}}", R"(1:1: this tag is never closed by "}}}")"},
      {"{{a and {{b}}", R"(1:1: this tag is never closed by "}}")"},
      {"{{", R"(1:1: this tag is never closed by "}}")"},
      {"{{{", R"(1:1: this tag is never closed by "}}}")"},
      {"{{! a comment", R"(1:1: this tag is never closed by "}}")"},
      {"\xc3\xa9\xe6\xbc\xa2{{x", R"(1:3: this tag is never closed by "}}")"},
      {"{{}}", "1:1: this tag has no name"},
      {"{{ }}", "1:1: this tag has no name"},
      {"{{#}}{{/}}", "1:1: this tag has no name"},
      {"{{{}}}", "1:1: this tag has no name"},
      {"{{&}}", "1:1: this tag has no name"},
      {"{{#a}}{{/}}", "1:7: this tag has no name"},
      {"{{a..b}}", "1:1: {{a..b}}: a part of the path is empty"},
      {"{{.a}}", "1:1: {{.a}}: a part of the path is empty"},
      {"{{#a.}}{{/a.}}", "1:1: {{#a.}}: a part of the path is empty"},
      {"{{..}}", "1:1: {{..}}: a part of the path is empty"},
      {"x{{> header}}", "1:2: partials ({{>...}}) are not supported"},
      {"x{{=<% %>}}", R"(1:2: this tag is never closed by "=}}")"},
      {"x{{=<%>=}}",
       "1:2: a set-delimiter tag holds two delimiters and a blank, as in {{=<% %>=}}"},
      {"x{{=a = b=}}",
       "1:2: a set-delimiter tag holds two delimiters and a blank, as in {{=<% %>=}}"},
      {"{{=<% %>=}}\n<% x", R"(2:1: this tag is never closed by "%>")"},
      {"a\n  {{#x}}", R"(2:3: the section "x" is never closed by {{/x}})"},
      {"{{^x}}{{#y}}{{/y}}", R"(1:1: the section "x" is never closed by {{/x}})"},
      {"{{/x}}", "1:1: {{/x}} closes no section"},
      {"{{#x}}{{/x}}\n{{/x}}", "2:1: {{/x}} closes no section"},
      {"{{#a}}\n {{/b}}", R"(2:2: {{/b}} does not close the section "a" of 1:1)"},
      {"{{#a}}{{#b}}{{/a}}{{/b}}", R"(1:13: {{/a}} does not close the section "b" of 1:7)"},
  };
  for (const auto& [text, message] : table) {
    CAPTURE(text);
    CHECK(parse_error(text) == message);
  }
}

TEST_CASE("an odd value is an error where it is used, also for a section, and nowhere else") {
  const auto rendered = [](const std::string& text) {
    retort::providers::json_parser parser;
    const std::string row = retort::test::padded(
        R"({"q":"x","n":NaN,"m":{"big":123456789012345678901,"l":["\ud800"]}})");
    const auto record = retort::engine::parse_record(parser, row);
    REQUIRE(record.has_value());
    std::string out;
    const auto done = prompt_template::parse(text).value().render(*record, out);
    return done ? out : done.error().message;
  };
  CHECK(rendered("{{q}}") == "x");
  CHECK(rendered("{{#m}}{{q}}{{/m}}") == "x");
  const std::string nan = "the field \"n\" is NaN, which is no JSON value";
  for (const char* text : {"{{n}}", "{{n.x}}", "{{#n}}a{{/n}}", "{{^n}}a{{/n}}"})
    CHECK(rendered(text) == nan);
  CHECK(rendered("{{m.big}}") ==
        "the field \"m.big\" is 123456789012345678901, a whole number beyond 64 bits (as a text it "
        "could be used)");
  CHECK(rendered("{{#m.l}}{{.}}{{/m.l}}") ==
        "{{.}} is a text with half a surrogate pair (\\ud800)");
}
