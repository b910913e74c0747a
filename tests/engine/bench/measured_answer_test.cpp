#include "engine/bench/measured_answer.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/registry.hpp"
#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using std::chrono::milliseconds;

namespace {

std::string event(std::string_view delta) {
  return "data: {\"choices\":[{\"delta\":" + std::string(delta) + "}]}\n\n";
}

measured_answer openai() {
  return measured_answer(retort::providers::find_dialect("openai")->read_stream());
}

// What a dialect's server sends: of all chat completions the same.
struct spoken {
  std::string_view dialect, thought, text, call, end;
};
constexpr spoken in_chat = {
    "openai", R"({"choices":[{"delta":{"reasoning_content":"hm"}}]})",
    R"({"choices":[{"delta":{"content":"8"}}]})",
    R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":""}}]}}]})",
    R"({"choices":[{"delta":{},"finish_reason":"stop"}]})"};
constexpr spoken others[] = {
    {"anthropic",
     R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}})",
     R"({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"8"}})",
     R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"c","name":"f","input":{}}})",
     R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})"},
    {"gemini", R"({"candidates":[{"content":{"parts":[{"text":"hm","thought":true}]}}]})",
     R"({"candidates":[{"content":{"parts":[{"text":"8"}]}}]})",
     R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}}]}}]})",
     R"({"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}]})"},
    {"openai-responses",
     R"({"type":"response.reasoning_summary_text.delta","output_index":0,"delta":"hm"})",
     R"({"type":"response.output_text.delta","output_index":1,"delta":"8"})",
     R"({"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","call_id":"c","name":"f","arguments":""}})",
     R"({"type":"response.completed","response":{"id":"r","status":"completed","output":[]}})"}};

const spoken& words_of(std::string_view dialect) {
  for (const spoken& one : others) {
    if (one.dialect == dialect) return one;
  }
  return in_chat;
}

// Reasoning at 10 and 12 ms, `visible` at 20 and the end at 90.
measurement measured(std::string_view dialect, std::string_view visible) {
  measured_answer stream(retort::providers::find_dialect(dialect)->read_stream());
  const spoken& words = words_of(dialect);
  for (const auto& [at, data] : {std::pair(10, words.thought), std::pair(12, words.thought),
                                 std::pair(20, visible), std::pair(90, words.end)}) {
    const std::string one = "data: " + std::string(data) + "\n\n";
    REQUIRE(stream.take(one, at_ms(at)).has_value());
  }
  measurement out;
  stream.give_stamps(out);
  return out;
}

}  // namespace

TEST_CASE("in every dialect the first visible content is text or a call's name, when it comes") {
  for (const std::string_view dialect : retort::providers::known_dialects()) {
    CAPTURE(dialect);
    for (const std::string_view visible : {words_of(dialect).text, words_of(dialect).call}) {
      CAPTURE(visible);
      const measurement seen = measured(dialect, visible);
      CHECK(seen.is_streamed);
      CHECK(seen.first_content == at_ms(10));
      CHECK(seen.first_visible == at_ms(20));
      CHECK(seen.last == at_ms(20));
      CHECK(seen.chunks == 3);
    }
    CHECK(measured(dialect, words_of(dialect).thought).first_visible == measurement::stamp());
  }
}

TEST_CASE("a body in one piece is no stream; a stream whose last event tells all has one piece") {
  measured_answer whole = openai();
  REQUIRE(whole.take(R"({"choices":[{"message":{"content":"8"}}]})", at_ms(5)).has_value());
  measurement seen;
  whole.give_stamps(seen);
  CHECK_FALSE(seen.is_streamed);
  measured_answer late(retort::providers::find_dialect("openai-responses")->read_stream());
  REQUIRE(late.take("data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\","
                    "\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\","
                    "\"text\":\"8\"}]}]}}\n\n",
                    at_ms(7))
              .has_value());
  late.give_stamps(seen);
  CHECK(seen.is_streamed);
  CHECK(seen.first_visible == at_ms(7));
  CHECK(seen.chunks == 1);
}

TEST_CASE("an empty delta is no token, reasoning is the first and no visible one") {
  measured_answer stream = openai();
  REQUIRE(stream.take(event(R"({"role":"assistant","content":""})"), at_ms(1)).has_value());
  REQUIRE(stream.take(event(R"({"content":null})"), at_ms(2)).has_value());
  REQUIRE(stream.take(event(R"({"reasoning_content":"hm"})"), at_ms(10)).has_value());
  REQUIRE(stream.take(event(R"({"reasoning_content":"m"})"), at_ms(14)).has_value());
  REQUIRE(stream.take(event(R"({"content":"8"})"), at_ms(20)).has_value());
  REQUIRE(stream.take(event(R"({"content":""})"), at_ms(90)).has_value());
  measurement seen;
  stream.give_stamps(seen);
  CHECK(seen.first_content == at_ms(10));
  CHECK(seen.first_visible == at_ms(20));
  CHECK(seen.last == at_ms(20));
  CHECK(seen.chunks == 3);
  CHECK(seen.gaps == std::vector<std::chrono::nanoseconds>{milliseconds(4), milliseconds(6)});
}

TEST_CASE("an answer of reasoning alone has no visible token") {
  measured_answer stream = openai();
  REQUIRE(stream.take(event(R"({"reasoning_content":"hm"})"), at_ms(10)).has_value());
  measurement seen;
  stream.give_stamps(seen);
  CHECK(seen.first_content == at_ms(10));
  CHECK(seen.first_visible == measurement::stamp());
}

TEST_CASE("chunks that come together have gaps of nothing, and every gap is counted") {
  measured_answer stream = openai();
  const std::string one = event(R"({"content":"a"})");
  REQUIRE(stream.take(one + one + one, at_ms(10)).has_value());
  REQUIRE(stream.take(one + one.substr(0, 20), at_ms(15)).has_value());
  REQUIRE(stream.take(one.substr(20) + one, at_ms(18)).has_value());
  measurement seen;
  stream.give_stamps(seen);
  CHECK(seen.chunks == 6);
  CHECK(seen.gaps == std::vector<std::chrono::nanoseconds>{milliseconds(5), milliseconds(3)});
  CHECK(seen.joint_gaps == 3);
}
