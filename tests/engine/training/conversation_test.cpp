#include "engine/training/conversation.hpp"

#include <doctest/doctest.h>

using namespace retort;
using namespace retort::engine;

namespace {

struct told {
  std::string answer, reasoning;
  bool operator==(const told&) const = default;
};

told tell(reasoning_place where, std::string text, std::string reasoning = "") {
  sample one;
  one.messages = {{"user", "q"}};
  one.completion.text = std::move(text);
  one.completion.reasoning = std::move(reasoning);
  output_config of;
  of.reasoning = where;
  config run;
  run.models.resize(1);
  const conversation made = conversation_of(run, of, one);
  return {std::string(made.answer), made.reasoning};
}

}  // namespace

TEST_CASE("the system's words are those before all others, and the turns the rest") {
  sample one;
  one.messages = {{"system", "a"}, {"developer", "b"}, {"user", "q"}, {"system", "late"}};
  config run;
  run.models.resize(1);
  run.sampling.tools = "[1]";
  const conversation made = conversation_of(run, {}, one);
  CHECK(made.system == "a\n\nb");
  CHECK(made.messages.size() == 4);
  REQUIRE(made.turns.size() == 2);
  CHECK(made.turns[0].content == "q");
  CHECK(made.tools == "[1]");
}

TEST_CASE("what a model thought goes where the output says, whether it was in the text or beside") {
  using enum reasoning_place;
  const std::string within = "<think>\nhm\n</think>\n\n4";
  CHECK(tell(as_it_came, within) == told{within, ""});
  CHECK(tell(as_it_came, "4", "hm") == told{"4", ""});
  CHECK(tell(drop, within) == told{"4", ""});
  CHECK(tell(drop, "4", "hm") == told{"4", ""});
  CHECK(tell(keep, within) == told{within, ""});
  CHECK(tell(keep, "4", "hm") == told{"4", "hm"});
  CHECK(tell(think_tags, within) == told{within, ""});
  CHECK(tell(think_tags, "4", "hm") == told{within, ""});
  CHECK(tell(think_tags, "hm</think>4") == told{within, ""});  // a template that opened the tag
  CHECK(tell(field, within) == told{"4", "hm"});
  CHECK(tell(field, "4", "hm") == told{"4", "hm"});
  CHECK(tell(field, "<think>b</think>4", "a") == told{"4", "a\n\nb"});
}

TEST_CASE("an answer without thinking is as it came, wherever that would go") {
  using enum reasoning_place;
  for (const auto where : {as_it_came, drop, keep, think_tags, field}) {
    CHECK(tell(where, " 4 < 5 \n") == told{" 4 < 5 \n", ""});
  }
  CHECK(tell(drop, "<think>never ends").answer == "");
}

TEST_CASE("a tag of thinking behind what was said is a part of that") {
  using enum reasoning_place;
  for (const char* text : {"ok <think>y</think> z", "ok <think>y</think>"}) {
    for (const auto where : {drop, think_tags, field}) CHECK(tell(where, text) == told{text, ""});
  }
  CHECK(tell(field, "<think>a</think>b <think>c</think> d") == told{"b <think>c</think> d", "a"});
  CHECK(tell(think_tags, "a</think>b <think>c</think>") ==
        told{"<think>\na\n</think>\n\nb <think>c</think>", ""});
  CHECK(tell(field, "<think>a <think> b</think>c") == told{"c", "a <think> b"});
  CHECK(tell(field, "a</think>b</think>c") == told{"c", "a</think>b"});
  CHECK(tell(field, "<think>a</think>\n<think>c</think>5") == told{"5", "a</think>\n<think>c"});
  CHECK(tell(drop, "<think>\n</think>\n\n<think>ok</think>8").answer == "8");
  CHECK(tell(field, "<think>a <think> b") == told{"", "a <think> b"});
}

TEST_CASE("what earlier turns thought goes where the answer's thoughts go") {
  using enum reasoning_place;
  sample one;
  one.messages = {{"system", "s"}, {"user", "q"}, {"assistant", "4"}, {"user", "r"}};
  one.messages[2].reasoning = "hm";
  one.messages[2].weight = 0;
  config run;
  run.models.resize(1);
  output_config of;
  for (const auto& [where, content, reasoning] :
       {std::tuple(as_it_came, "4", ""), std::tuple(drop, "4", ""), std::tuple(keep, "4", "hm"),
        std::tuple(field, "4", "hm"), std::tuple(think_tags, "<think>\nhm\n</think>\n\n4", "")}) {
    of.reasoning = where;
    const conversation made = conversation_of(run, of, one);
    REQUIRE(made.messages.size() == 4);
    REQUIRE(made.turns.size() == 3);
    CHECK(made.turns[1].content == content);
    CHECK(made.turns[1].reasoning == reasoning);
    CHECK(made.turns[1].weight == 0);
    CHECK(&made.turns[1] == &made.messages[2]);
  }
  CHECK(one.messages[2].content == "4");
}

TEST_CASE("calls without an id are given one that no other call of the conversation has") {
  sample one;
  one.messages = {{"user", "q"}, {"assistant", ""}, {"tool", "1"}};
  one.messages[1].tool_calls = {{"call_1", "f", "{}"}, {"b", "f", "{}"}};
  one.completion.tool_calls = {{"", "f", "{}"}, {"call_3", "g", "{}"}, {"", "h", "{}"}};
  config run;
  run.models.resize(1);
  const conversation made = conversation_of(run, {}, one);
  REQUIRE(made.calls.size() == 3);
  CHECK(made.calls[0].id == "call_2");
  CHECK(made.calls[1].id == "call_3");
  CHECK(made.calls[2].id == "call_4");
  CHECK(made.calls[2].name == "h");
  one.completion.tool_calls = {{"own", "f", "{}"}};
  CHECK(conversation_of(run, {}, one).calls.data() == one.completion.tool_calls.data());
}
