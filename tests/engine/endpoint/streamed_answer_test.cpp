#include "engine/endpoint/streamed_answer.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/registry.hpp"
#include "tests/support/record_rig.hpp"

using namespace retort;
using namespace retort::engine;
using namespace std::chrono_literals;
using providers::failure_kind;
using test::http_request;
using test::sum_rows;

namespace {

std::string piece(std::string_view text) {
  return fmt::format(
      "data: {{\"model\":\"m-2024\",\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n",
      text);
}

const std::string last =
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":3}}\n\n"
    "data: [DONE]\n\n";

// A chunk for each event.
std::string streamed(const std::vector<std::string>& events, bool whole = true) {
  std::string out =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& one : events) out += fmt::format("{:x}\r\n{}\r\n", one.size(), one);
  return whole ? out + "0\r\n\r\n" : out;
}

struct streaming_rig : test::record_rig {
  explicit streaming_rig(std::vector<std::string> answers)
      : test::record_rig(test::in_turn(std::move(answers))) {
    settings.models[0].stream = true;
  }
};

}  // namespace

TEST_CASE("the first and the last token are those of the bytes that brought them") {
  const auto start = std::chrono::steady_clock::time_point() + 1h;
  streamed_answer stream(providers::find_dialect("openai")->read_stream());
  CHECK(stream.take(": hello\n\n", start).has_value());
  CHECK(stream.first_token == streamed_answer::time_point());
  const std::string one = piece("It is"), two = piece(" 8");
  CHECK(stream.take(one.substr(0, 20), start + 1s).has_value());
  CHECK(stream.take(one.substr(20), start + 2s).has_value());
  CHECK(stream.take(two, start + 3s).has_value());
  CHECK_FALSE(stream.ended());
  CHECK(stream.take(last, start + 4s).has_value());
  CHECK(stream.ended());
  CHECK(stream.first_token == start + 2s);
  CHECK(stream.last_token == start + 3s);
  io::http_response head;
  head.status = 200;
  const auto outcome = stream.finish(head, {});
  REQUIRE(outcome.has_value());
  CHECK(outcome->text == "It is 8");
}

TEST_CASE("a stream without end is refused at 32 MB") {
  streamed_answer stream(providers::find_dialect("openai")->read_stream());
  const std::string megabyte(1 << 20, ':');
  for (int i = 0; i < 32; ++i) REQUIRE(stream.take(megabyte, {}).has_value());
  const auto taken = stream.take(":", {});
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().message == "the response is too large: over 32 MB of events");
}

TEST_CASE("a streamed answer is asked for, and becomes what a whole one would") {
  streaming_rig all({streamed({piece("It"), piece(" is 1"), last})});
  const auto samples = all.finish(sum_rows(0, 1));
  REQUIRE(all.peer.requests().size() == 1);
  CHECK(all.peer.requests()[0].body ==
        R"({"model":"m","messages":[{"role":"user","content":"What is 0 + 1?"}],)"
        R"("stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}})");
  REQUIRE(samples.size() == 1);
  const sample& one = samples[0];
  CHECK(one.verdict() == verdict::accepted);
  CHECK(one.completion.text == "It is 1");
  CHECK(one.completion.model == "m-2024");
  CHECK(one.completion.usage.output == 3);
  CHECK(one.first_byte_us > 0);
  CHECK(one.first_byte_us <= one.first_token_us);
  CHECK(one.first_token_us <= one.last_token_us);
  CHECK(one.last_token_us <= one.latency_us);
  CHECK(all.counts().output_tokens == 3);
}

TEST_CASE("a stream that ends early, breaks or tells an error is tried again") {
  const std::string begun = piece("It is");
  const std::string error = "data: {\"error\":{\"message\":\"told so\",\"code\":500}}\n\n";
  for (const std::string& bad :
       {streamed({begun}), streamed({begun, error}), streamed({begun, "data: {\"cho\n\n"}),
        test::http_answer(200, "no events"), test::error_answer(503, "")}) {
    CAPTURE(bad);
    streaming_rig all({bad, streamed({begun, piece(" 1"), last})});
    all.start(sum_rows(0, 1));
    all.until([&] { return all.counts().backing_off == 1; });
    all.wake();
    const auto samples = all.finish();
    REQUIRE(samples.size() == 1);
    CHECK(samples[0].completion.text == "It is 1");
    CHECK(samples[0].attempts == 2);
  }
}

TEST_CASE("a server that does not stream is understood all the same") {
  streaming_rig all({test::completion_answer("1")});
  const auto samples = all.finish(sum_rows(0, 1));
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].verdict() == verdict::accepted);
  CHECK(samples[0].first_token_us == 0);
}

TEST_CASE("a server that leaves the body open behind the end is not waited for") {
  streaming_rig all({streamed({piece("1"), last}, false)});
  const auto samples = all.finish(sum_rows(0, 3));
  REQUIRE(samples.size() == 3);
  for (const auto& one : samples) CHECK(one.completion.text == "1");
}
