#include "engine/formats/chat_rules.hpp"

#include <doctest/doctest.h>

using namespace retort;
using namespace retort::engine;

namespace {

using messages = std::vector<providers::message>;
constexpr chat_rules strict{.takes_turns = true, .needs_ids = true};

std::string broken(const messages& prompt, const chat_rules& rules, std::string answer = "a",
                   const std::vector<providers::tool_call>& calls = {}) {
  config run;
  run.models.resize(1);
  sample one;
  one.messages = prompt;
  one.completion.text = std::move(answer);
  one.completion.tool_calls = calls;
  const output_config output;
  return std::string(rule_broken_by(conversation_of(run, output, one), rules));
}

providers::message calling(std::vector<providers::tool_call> calls) {
  return {"assistant", "", "", "", std::move(calls)};
}

}  // namespace

TEST_CASE("a conversation of the usual kinds breaks no rule") {
  const messages plain = {{"system", "s"}, {"user", "q"}};
  const messages longer = {{"user", "q"}, {"assistant", "a"}, {"user", "r"}};
  const messages with_tools = {{"user", "q"}, calling({{"c", "f", "{}"}}), {"tool", "4", "", "c"}};
  for (const auto& prompt : {plain, longer, with_tools}) {
    CHECK(broken(prompt, {}) == "");
    CHECK(broken(prompt, strict) == "");
  }
  CHECK(broken(plain, strict, "", {{"c", "f", R"({"a":1})"}}) == "");
}

TEST_CASE("each rule is told from the others") {
  const messages user = {{"user", "q"}};
  struct {
    messages prompt;
    std::string rule;
  } const table[] = {
      {{{"system", "s"}}, "the user says something"},
      {{{"user", "q"}, {"system", "s"}}, "the system speaks before all others"},
      {{{"user", "q"}, {"user", "r"}}, "the user and the assistant speak in turn, the user first"},
      {{{"assistant", "q"}, {"user", "r"}},
       "the user and the assistant speak in turn, the user first"},
      {{{"user", "q"}, {"assistant", "r"}},
       "the user and the assistant speak in turn, the user first"},
      {{{"user", "q"}, {"tool", "4", "", "c"}}, "a tool's message answers a call before it"},
      {{{"user", "q"}, calling({{"c", "f", "{}"}, {"d", "f", "{}"}}), {"tool", "4", "", "c"}},
       "a call in the prompt has its tool's message"},
      {{{"user", "q"},
        calling({{"c", "f", "{}"}, {"d", "f", "{}"}}),
        {"tool", "4", "", "c"},
        {"tool", "4", "", "c"}},
       "a call in the prompt has its tool's message"},
      {{{"user", "q"}, calling({{"c", "f", "{}"}}), {"tool", "4", "", "d"}},
       "a tool's message answers a call before it"},
      {{{"user", "q"}, calling({{"c", "f", "{}"}}), {"tool", "4"}},
       "a tool's message names the call's id"},
      {{{"user", "q"}, calling({{"", "f", "{}"}}), {"tool", "4", "", "c"}},
       "a call of a tool has an id"},
      {{{"user", "q"}, calling({{"c", "f", "{"}}), {"tool", "4", "", "c"}},
       "the arguments of a call are a JSON object"},
      {{{"user", "q"}, calling({{"c", "f", "{}"}})}, "a call in the prompt has its tool's message"},
  };
  for (const auto& [prompt, rule] : table) CHECK(broken(prompt, strict) == rule);
  CHECK(broken(user, {}, " \n") == "the answer says or calls something");
  CHECK(broken(user, {}, "", {{"c", "f", "[1]"}}) == "the arguments of a call are a JSON object");
  CHECK(broken(user, {.has_calls = false}, "", {{"c", "f", "{}"}}) ==
        "it has no place for calls of tools");
  CHECK(broken({{"user", "q"}, {"user", "r"}}, {}) == "");  // not everybody's rule
}
