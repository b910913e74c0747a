#include "providers/body/tools.hpp"

#include <doctest/doctest.h>

using namespace retort::providers;

namespace {

const std::string two =
    R"([{"type":"function","function":{"name":"add","description":"d","parameters":{"type":"object"},)"
    R"("strict":true}},{"type":"function","function":{"name":"end"}}])";

}  // namespace

TEST_CASE("tools go to each API in its own form, with all the members that it knows") {
  CHECK(translate_tools(tool_form::flat, two) ==
        R"([{"type":"function","name":"add","description":"d","parameters":{"type":"object"},)"
        R"("strict":true},{"type":"function","name":"end"}])");
  CHECK(translate_tools(tool_form::anthropic, two) ==
        R"([{"name":"add","description":"d","input_schema":{"type":"object"},"strict":true},)"
        R"({"name":"end","input_schema":{"type":"object"}}])");
  CHECK(translate_tools(tool_form::gemini, two) ==
        R"([{"functionDeclarations":[{"name":"add","description":"d",)"
        R"("parameters":{"type":"object"}},{"name":"end"}]}])");
}

TEST_CASE("what was translated last is not taken for something else") {
  CHECK(translate_tools(tool_form::flat, "[]") == "[]");
  CHECK(translate_tools(tool_form::anthropic, two) != "[]");
  CHECK(translate_tools(tool_form::anthropic, "[]") == "[]");
  CHECK(translate_tools(tool_form::flat, two) != "[]");
}

TEST_CASE("tools that are not in the common form are told") {
  CHECK(tools_problem(two) == "");
  CHECK(tools_problem("[]") == "");
  for (const char* text :
       {"", "{}", "[1]", R"([{"name":"add"}])", R"([{"function":{"name":""}}])"}) {
    CAPTURE(text);
    CHECK_FALSE(tools_problem(text).empty());
  }
}
