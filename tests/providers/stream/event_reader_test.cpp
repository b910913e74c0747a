#include "providers/stream/event_reader.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <string>
#include <vector>

#include "providers/dialects/registry.hpp"

using namespace retort;
using namespace retort::providers;

namespace {

// The failure of a stream of OpenAI's.
failure read(std::string_view body) {
  const auto reader = find_dialect("openai")->read_stream();
  reader->feed(body);
  io::http_response head;
  head.status = 200;
  const outcome what = reader->finish(head, {});
  REQUIRE_FALSE(what.has_value());
  return what.error();
}

constexpr std::string_view error_line = "{\"error\":{\"message\":\"Not now.\",\"code\":503}}\n";

}  // namespace

TEST_CASE("a bare error interrupts a stream") {
  CHECK(read("data: {\"choices\":[]}\n\n" + std::string(error_line)).message == "Not now.");
}

// Whoever reads the stream stops at its end, with or without what came in the same packet.
TEST_CASE("what follows a stream's end is of no interest, even when its answer is not whole") {
  const failure seen = read("data: [DONE]\n\n" + std::string(error_line));
  CHECK(seen.kind == failure_kind::network);
  CHECK(seen.message == "the stream ended before its answer");
}

// It looks like events at one glance and is none at the next; neither glance asks the other again.
TEST_CASE("what only resembles a stream of events is read as one body, once") {
  io::http_response response;
  response.status = 200;
  for (const std::string_view provider : {"openai", "anthropic", "gemini"}) {
    const dialect& speaker = *find_dialect(provider);
    for (const char* body : {"\n :hi\n\"cont\"",
                             "\xbf\xbb\xef"
                             "data: {}\n\n",
                             " data: {}\n\n"}) {
      CAPTURE(body);
      response.body = body;
      const auto reader = speaker.read_stream();
      reader->feed(response.body);
      for (const outcome& what : {speaker.parse(response, {}), reader->finish(response, {})}) {
        REQUIRE_FALSE(what.has_value());
        CHECK(what.error().message.starts_with("the response is not JSON: "));
      }
    }
  }
}

// What each dialect takes for a whole answer before its end is told.
TEST_CASE("an answer is whole once it says why it ended, and before that it is not") {
  struct {
    std::string_view provider, before, last;
  } const table[] = {
      {"openai", R"({"choices":[{"delta":{"content":"8"}}]})",
       R"({"choices":[{"delta":{},"finish_reason":"stop"}]})"},
      {"anthropic", R"({"type":"content_block_delta","delta":{"type":"text_delta","text":"8"}})",
       R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}})"},
      {"gemini", R"({"candidates":[{"content":{"parts":[{"text":"8"}]}}]})",
       R"({"candidates":[{"content":{"parts":[{"text":"."}]},"finishReason":"STOP"}]})"},
      {"openai-responses", R"({"type":"response.output_text.done","text":"8"})",
       R"({"type":"response.completed","response":{"status":"completed","output":[]}})"},
  };
  for (const auto& [provider, before, last] : table) {
    CAPTURE(provider);
    const auto reader = find_dialect(provider)->read_stream();
    CHECK_FALSE(reader->whole());
    reader->feed("data: " + std::string(before) + "\n\n");
    CHECK_FALSE(reader->whole());
    reader->feed("data: " + std::string(last) + "\n\n");
    CHECK(reader->whole());
    reader->feed(": heartbeat\n\n");
    CHECK(reader->whole());
    io::http_response head;
    head.status = 200;
    const outcome what = reader->finish(head, {});
    REQUIRE(what.has_value());
    CHECK(what->text.starts_with("8"));
  }
}

// Where a server gives a reason with each piece, one is whole as the next one is.
TEST_CASE("a finish reason with which the answer begins is no sign that it is whole") {
  struct {
    std::string_view provider, piece, behind;
  } const table[] = {
      {"openai", R"({"choices":[{"delta":{"content":"8"},"finish_reason":"stop"}]})", "[DONE]"},
      {"openai", R"({"choices":[{"delta":{"content":"8"},"finish_reason":"stop"}]})",
       R"({"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}})"},
      {"openai", R"({"choices":[{"delta":{"reasoning":"8"},"finish_reason":"stop"}]})", "[DONE]"},
      {"openai", R"({"choices":[{"delta":{"content":""},"finish_reason":"stop"}]})", "[DONE]"},
      {"gemini", R"({"candidates":[{"content":{"parts":[{"text":"8"}]},"finishReason":"STOP"}]})",
       ""},
      {"gemini", R"({"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}]})", ""},
  };
  for (const auto& [provider, piece, behind] : table) {
    CAPTURE(piece);
    const auto feed = [&](stream_reader& reader, std::string_view event) {
      reader.feed("data: " + std::string(event) + "\n\n");
    };
    const std::string_view error = R"({"error":{"message":"overloaded","code":503}})";
    for (const int pieces : {1, 2, 3}) {
      const auto whole = find_dialect(provider)->read_stream();
      const auto broken = find_dialect(provider)->read_stream();
      for (int i = 0; i < pieces; ++i) {
        feed(*whole, piece);
        feed(*broken, piece);
        CHECK_FALSE(whole->whole());
      }
      if (!behind.empty()) {
        feed(*whole, behind);
        CHECK(whole->whole());
      }
      feed(*broken, error);
      io::http_response head;
      head.status = 200;
      CHECK(whole->finish(head, {}).has_value());  // the body came to its end
      const outcome what = broken->finish(head, {});
      REQUIRE_FALSE(what.has_value());
      CHECK(what.error().kind == failure_kind::overloaded);
    }
  }
}

TEST_CASE("what comes behind a finish reason is of the answer, and takes back that it was whole") {
  const auto reader = find_dialect("openai")->read_stream();
  const auto says = [&](std::string_view content, std::string_view reason) {
    reader->feed(R"(data: {"choices":[{"delta":{"content":")" + std::string(content) +
                 R"("},"finish_reason":)" + std::string(reason) + "}]}\n\n");
  };
  says("a", "null");
  says("", R"("stop")");
  CHECK(reader->whole());
  says("b", R"("stop")");
  CHECK_FALSE(reader->whole());
  reader->feed("data: [DONE]\n\n");
  CHECK(reader->ended());
  CHECK(reader->whole());
}

TEST_CASE("an error ends a stream, so that nobody waits for the connection's end") {
  const auto reader = find_dialect("openai")->read_stream();
  reader->feed("data: {\"error\":{\"message\":\"no\"}}\n\n");
  CHECK(reader->ended());
  CHECK_FALSE(reader->whole());
}

TEST_CASE("an answer of more calls than any has is refused, in time") {
  std::string stream;
  for (int i = 0; i < 20000; ++i) {
    stream += "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"" + std::to_string(i) +
              "\"}]}}]}\n\n";
  }
  CHECK(read(stream).message == "the answer has over 1,000 tool calls");
}

// The second event is byte for byte like the first, the error in it included.
TEST_CASE("an error between the lines of an event counts each time, wherever the stream is cut") {
  const std::string begun = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n";
  const std::string stream = ": hello\n\n" + begun + "oops\n\n" + begun + "oops\n\n";
  const auto reader = find_dialect("openai")->read_stream();
  for (const char& byte : stream) reader->feed({&byte, 1});
  io::http_response head;
  head.status = 200;
  CHECK(reader->finish(head, {}).error().message == read(stream).message);
  CHECK(read(stream).message.find("oops oops") != std::string::npos);
}

// Two events of each dialect, the character's halves in them.
TEST_CASE("a character that was cut in two between two events is one again") {
  const auto text_of = [](std::string_view provider, std::vector<std::string> events) {
    const auto reader = find_dialect(provider)->read_stream();
    for (const std::string& each : events) reader->feed("data: " + each + "\n\n");
    io::http_response head;
    head.status = 200;
    const outcome what = reader->finish(head, {});
    REQUIRE(what.has_value());
    CHECK(simdjson::validate_utf8(what->text));
    std::string out = what->text;
    if (!what->reasoning.empty()) out += " thought: " + what->reasoning;
    for (const tool_call& each : what->tool_calls) out += " called: " + each.arguments;
    return out;
  };
  const auto chat = [](std::string_view key, std::string_view piece) {
    return R"({"choices":[{"delta":{")" + std::string(key) + "\":\"" + std::string(piece) +
           "\"}}]}";
  };
  const auto call = [](std::string_view piece) {
    return R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":")" +
           std::string(piece) + R"("}}]}}]})";
  };
  const std::string end = R"({"choices":[{"delta":{},"finish_reason":"stop"}]})";
  const std::string idle = R"({"choices":[{"delta":{"content":""}}]})";
  const auto said = [&](std::vector<std::string> events) {
    events.push_back(end);
    return text_of("openai", events);
  };
  CHECK(said({chat("content", R"(a \ud83d)"), chat("content", R"(\ude00 b)")}) == "a \U0001f600 b");
  CHECK(said({chat("content", R"(\uDBFF)"), idle, chat("content", R"(\uDFFF\ud800)"),
              chat("content", R"(\udc00)")}) == "\U0010ffff\U00010000");
  CHECK(said({chat("content", "a"), chat("content", R"(\ud83d)"), chat("content", R"(\ude00)"),
              chat("content", "b"), chat("content", "c")}) == "a\U0001f600bc");
  CHECK(said({chat("reasoning_content", R"(\ud83d)"), chat("reasoning_content", R"(\ude00)"),
              chat("content", "x")}) == "x thought: \U0001f600");
  CHECK(said({call(R"({\"a\":\"\ud83d)"), call(R"(\ude00\"})")}) ==
        " called: {\"a\":\"\U0001f600\"}");
  // Two halves that are of no pair.
  CHECK(said({chat("content", R"(\ud83d)"), chat("content", "-"), chat("content", R"(\ude00)")}) ==
        "\ufffd-\ufffd");
  CHECK(said({chat("content", R"(\ud83d)"), chat("content", R"(\ud83d)")}) == "\ufffd\ufffd");
  CHECK(said({chat("content", R"(\ufffd)"), chat("content", R"(\ude00)")}) == "\ufffd\ufffd");
  CHECK(said({chat("content", R"(\ud83d)"), chat("content", R"(\ufffd)")}) == "\ufffd\ufffd");
  CHECK(said({chat("content", R"(\\ud83d)"), chat("content", R"(\ude00)")}) == "\\ud83d\ufffd");
  CHECK(said({chat("content", R"(\ud83d)"), chat("reasoning_content", R"(\ude00)")}) ==
        "\ufffd thought: \ufffd");
  CHECK(text_of("anthropic",
                {R"({"type":"content_block_delta","delta":{"type":"text_delta","text":"\ud83d"}})",
                 R"({"type":"ping"})",
                 R"({"type":"content_block_delta","delta":{"type":"text_delta","text":"\ude00"}})",
                 R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})"}) ==
        "\U0001f600");
  CHECK(
      text_of("openai-responses",
              {R"({"type":"response.output_text.delta","delta":"hi \ud83d"})",
               R"({"type":"response.output_text.delta","delta":"\ude00"})",
               R"({"type":"response.completed","response":{"status":"completed","output":[]}})"}) ==
      "hi \U0001f600");
  CHECK(
      text_of(
          "gemini",
          {R"({"candidates":[{"content":{"parts":[{"text":"\ud83d"}]}}]})",
           R"({"candidates":[{"content":{"parts":[{"text":"\ude00"}]},"finishReason":"STOP"}]})"}) ==
      "\U0001f600");
}
