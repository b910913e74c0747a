// What holds for all dialects of the mock: the client's side understands them.
#include "tools/mock/dialects/dialect.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <iterator>
#include <string>

#include "providers/body/finish.hpp"
#include "tests/tools/mock/both_sides.hpp"

using namespace std::chrono_literals;
using namespace retort;
using namespace retort::test;
using mock::options;
using providers::failure_kind;
using providers::finish;
using providers::sampling;

namespace {

// The client's dialects that meet each of the mock's.
const char* const all_providers[] = {"openai",           "azure",     "azure-classic",
                                     "openai-responses", "anthropic", "gemini"};

sampling at_most(std::int64_t max_tokens) {
  sampling asked;
  asked.max_tokens = max_tokens;
  return asked;
}

bool tells_limits(std::string_view provider) { return provider != "gemini"; }

}  // namespace

TEST_CASE("whole answers of every dialect, as the client reads them") {
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    both_sides sides;
    const auto answer = sides.ask(provider, "What is 5 + 3?", at_most(100));
    REQUIRE(answer.has_value());
    CHECK(answer->text == R"({"answer": "8"})");
    CHECK(answer->reasoning == "");
    CHECK(answer->finish == finish::stop);
    CHECK(answer->model == "m");
    CHECK(answer->request_id == "mock-1");
    CHECK(answer->usage.input == 6);  // 9 bytes of instructions, 14 of the prompt
    CHECK(answer->usage.output == 4);
    CHECK(answer->usage.cached <= 0);
    CHECK(sides.tally.snapshot().prompt_tokens == 6);
  }
}

TEST_CASE("an answer that max_tokens cuts short says so in every dialect") {
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    options chosen;
    chosen.output_tokens = 50;
    both_sides sides(chosen);
    const auto answer = sides.ask(provider, "5 + 3", at_most(20));
    REQUIRE(answer.has_value());
    CHECK(answer->finish == finish::length);
    CHECK(answer->usage.output == 20);
  }
}

TEST_CASE("reasoning has its place in every dialect, and output includes it for the client") {
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    options chosen;
    chosen.reasoning_tokens = 30;
    both_sides sides(chosen);
    const auto answer = sides.ask(provider, "5 + 3", at_most(100));
    REQUIRE(answer.has_value());
    CHECK(answer->reasoning.starts_with("Let us take this one step at a time"));
    CHECK(answer->reasoning.size() == 120);
    CHECK(answer->usage.reasoning == 30);
    CHECK(answer->usage.output == 34);
    CHECK(answer->text == R"({"answer": "8"})");
  }
}

TEST_CASE("max_tokens count the reasoning first") {
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    options chosen;
    chosen.reasoning_tokens = 30;
    chosen.output_tokens = 10;
    both_sides sides(chosen);
    CHECK(sides.ask(provider, "5 + 3", at_most(40))->finish == finish::stop);
    const auto cut = sides.ask(provider, "5 + 3", at_most(20));
    REQUIRE(cut.has_value());
    CHECK(cut->finish == finish::length);
    CHECK(cut->usage.output == 20);
    CHECK(cut->usage.reasoning == 20);
  }
}

TEST_CASE("a tool is called where the request forces it, with the answer as its arguments") {
  struct {
    std::string provider, force;
  } const table[] = {
      {"openai", R"({"tool_choice":"required"})"},
      {"openai", R"({"tool_choice":{"type":"function","function":{"name":"tell"}}})"},
      {"openai-responses", R"({"tool_choice":"required"})"},
      {"openai-responses", R"({"tool_choice":{"type":"function","name":"tell"}})"},
      {"anthropic", R"({"tool_choice":{"type":"any"}})"},
      {"anthropic", R"({"tool_choice":{"type":"tool","name":"tell"}})"},
      {"gemini", R"({"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}})"},
      {"gemini",
       R"({"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["tell"]}}})"},
  };
  for (const auto& row : table) {
    CAPTURE(row.provider);
    CAPTURE(row.force);
    sampling asked = at_most(100);
    asked.tools = R"([{"type":"function","function":{"name":"tell","parameters":{}}}])";
    options chosen;
    chosen.answer = mock::answer_style::text;
    both_sides sides(chosen);
    CHECK(sides.ask(row.provider, "5 + 3", asked)->text == "5 + 3 = 8. A: 8");
    asked.extra = row.force;
    const auto answer = sides.ask(row.provider, "5 + 3", asked);
    REQUIRE(answer.has_value());
    REQUIRE(answer->tool_calls.size() == 1);
    CHECK(answer->tool_calls[0].name == "tell");
    CHECK(answer->tool_calls[0].arguments == R"({"answer":"5 + 3 = 8. A: 8"})");
    CHECK(answer->finish == finish::tool_calls);
    CHECK(answer->text == "");
    const auto streamed = sides.stream(row.provider, "5 + 3", asked);
    REQUIRE(streamed.has_value());
    REQUIRE(streamed->tool_calls.size() == 1);
    CHECK(streamed->tool_calls[0].name == "tell");
    CHECK(streamed->tool_calls[0].arguments == answer->tool_calls[0].arguments);
    CHECK(streamed->finish == finish::tool_calls);
    asked.tools = "";
    CHECK(sides.ask(row.provider, "5 + 3", asked)->tool_calls.empty());
  }
}

TEST_CASE("streams of every dialect come to what the whole answer is") {
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    options chosen;
    chosen.answer = mock::answer_style::text;
    chosen.reasoning_tokens = 5;
    both_sides sides(chosen);
    const auto whole = sides.ask(provider, "5 \u00f7 3", at_most(100));
    const auto streamed = sides.stream(provider, "5 \u00f7 3", at_most(100));
    REQUIRE(whole.has_value());
    REQUIRE(streamed.has_value());
    CHECK(sides.response.header("content-type") == "text/event-stream");
    CHECK(streamed->text == whole->text);
    CHECK(streamed->reasoning == whole->reasoning);
    CHECK(streamed->finish == whole->finish);
    CHECK(streamed->finish_reason == whole->finish_reason);
    CHECK(streamed->model == whole->model);
    CHECK(streamed->request_id == "mock-2");
    // Azure: include_usage is sent too.
    CHECK(streamed->usage.input == whole->usage.input);
    CHECK(streamed->usage.cached == whole->usage.cached);
    CHECK(streamed->usage.output == whole->usage.output);
    CHECK(streamed->usage.reasoning == whole->usage.reasoning);
    CHECK(sides.pieces == 5 + (whole->text.size() + 3) / 4);
    CHECK(sides.writes == 1);
  }
}

TEST_CASE("a stream brings an answer in as many pieces as it is told, each of its own") {
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    options chosen;
    chosen.events = 3;
    chosen.event_ms = 1;
    both_sides sides(chosen);
    const auto answer = sides.stream(provider, "5 + 3", at_most(100));
    REQUIRE(answer.has_value());
    CHECK(answer->text == R"({"answer": "8"})");
    CHECK(sides.pieces == 3);
    CHECK(sides.writes == 3);
  }
}

TEST_CASE("a stream that max_tokens cuts short says so in every dialect") {
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    options chosen;
    chosen.output_tokens = 50;
    both_sides sides(chosen);
    const auto answer = sides.stream(provider, "5 + 3", at_most(20));
    REQUIRE(answer.has_value());
    CHECK(answer->finish == finish::length);
    CHECK(answer->usage.output == 20);
  }
}

TEST_CASE("errors of every dialect, as the client classifies them") {
  setenv("RETORT_MOCK_TEST_KEY", "not sesame", 1);
  struct {
    const char *option, *value;
    failure_kind kind;
    int status;
  } const table[] = {
      {"rate_limit", "1", failure_kind::rate_limited, 429},
      {"error_500", "1", failure_kind::server_error, 500},
      {"error_503", "1", failure_kind::overloaded, 503},
      {"api_key_env", "RETORT_MOCK_TEST_KEY", failure_kind::authentication, 401},
  };
  for (const std::string provider : all_providers) {
    for (const auto& row : table) {
      CAPTURE(provider);
      CAPTURE(row.option);
      both_sides sides(mock::parse_options({{row.option, row.value}}).value());
      const bool streamed = row.status == 500;
      const auto failed = streamed ? sides.stream(provider, "5 + 3", at_most(9))
                                   : sides.ask(provider, "5 + 3", at_most(9));
      REQUIRE(failed.has_error());
      CHECK(failed.error().kind == row.kind);
      CHECK(failed.error().status ==
            (provider == "anthropic" && row.status == 503 ? 529 : row.status));
      const auto wait =
          row.status == 429 ? std::optional<std::chrono::milliseconds>(1s) : std::nullopt;
      CHECK(failed.error().retry_after == wait);
    }
  }
}

TEST_CASE("what spoils a stream, as the client classifies it") {
  // Where the wire breaks in the middle of an event, that event is no JSON; the transport knows.
  struct {
    std::string option;
    failure_kind kind;
  } const table[] = {
      {"reset_middle", {}},
      {"truncated", {}},
      {"stall", {}},
      {"cut_stream", failure_kind::network},
      {"error_in_stream", failure_kind::server_error},
      {"invalid_json", failure_kind::invalid_response},
  };
  for (const std::string provider : all_providers) {
    for (const auto& row : table) {
      CAPTURE(provider);
      CAPTURE(row.option);
      both_sides sides(mock::parse_options({{row.option, "1"}}).value());
      const auto failed = sides.stream(provider, "5 + 3", at_most(9));
      REQUIRE(failed.has_error());
      const bool broke = sides.wire.find("\r\n0\r\n\r\n") == std::string::npos;
      if (!broke) CHECK(failed.error().kind == row.kind);
      CHECK(broke ==
            (row.option == "reset_middle" || row.option == "truncated" || row.option == "stall"));
      CHECK(providers::is_transient(failed.error().kind));
      CHECK(sides.pieces > 0);
      CHECK(sides.tally.snapshot().answered == 0);
    }
  }
}

TEST_CASE("a stream is spoilt as well where the longest event counts the tokens of a long prompt") {
  const std::string prompt(6'000'000, 'y');
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    both_sides sides(mock::parse_options({{"invalid_json", "1"}}).value());
    const auto failed = sides.stream(provider, prompt, at_most(9));
    REQUIRE(failed.has_error());
    CHECK(failed.error().kind == failure_kind::invalid_response);
  }
}

TEST_CASE("what does not spoil a stream") {
  for (const std::string provider : all_providers) {
    for (const char* const option : {"connection_close", "blank_lines"}) {
      CAPTURE(provider);
      CAPTURE(option);
      both_sides sides(mock::parse_options({{option, "1"}}).value());
      const auto answer = sides.stream(provider, "5 + 3", at_most(9));
      REQUIRE(answer.has_value());
      CHECK(answer->text == R"({"answer": "8"})");
    }
  }
}

TEST_CASE("a whole answer that draws a fault of streams is a good one") {
  for (const char* const option : {"cut_stream", "error_in_stream"}) {
    both_sides sides(mock::parse_options({{option, "1"}}).value());
    CHECK(sides.ask("openai", "5 + 3").has_value());
    const auto seen = sides.tally.snapshot();
    for (const auto count : seen.faults) CHECK(count == 0);
  }
}

TEST_CASE("the key is known by the header of each dialect") {
  setenv("RETORT_MOCK_TEST_KEY", "sesame", 1);
  options chosen;
  chosen.api_key_env = "RETORT_MOCK_TEST_KEY";
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    both_sides sides(chosen);
    CHECK(sides.ask(provider, "5 + 3", at_most(9)).has_value());
  }
}

TEST_CASE("a quota's 429 says in every dialect when to come again") {
  for (const std::string provider : all_providers) {
    CAPTURE(provider);
    options chosen;
    chosen.rpm = 60;
    chosen.burst_s = 1;
    both_sides sides(chosen);
    CHECK(sides.ask(provider, "5 + 3", at_most(9)).has_value());
    CHECK((sides.response.headers.find("limit-") != std::string::npos) == tells_limits(provider));
    sides.now += 400ms;
    const auto failed = sides.ask(provider, "5 + 3", at_most(9));
    REQUIRE(failed.has_error());
    CHECK(failed.error().kind == failure_kind::rate_limited);
    CHECK(failed.error().retry_after == (provider == "anthropic" ? 1000ms : 600ms));
    CHECK(sides.tally.snapshot().rate_limited == 1);
  }
}

TEST_CASE("a path that is nobody's is refused in the words of whoever shows its key") {
  mock::request asked;
  asked.target = "/v1/message";
  CHECK(&mock::dialect_of(asked) == &mock::openai_chat());
  asked.fields = {{"X-Api-Key", "sesame"}};
  CHECK(&mock::dialect_of(asked) == &mock::anthropic());
  asked.fields = {{"x-goog-api-key", "sesame"}};
  CHECK(&mock::dialect_of(asked) == &mock::gemini());
  asked.fields = {{"authorization", "Bearer sesame"}};
  CHECK(&mock::dialect_of(asked) == &mock::openai_chat());
  CHECK(mock::find_dialect("/v1/message") == nullptr);
}

TEST_CASE("Anthropic's key may come as a bearer token too") {
  mock::request asked;
  asked.fields = {{"Authorization", "Bearer sesame"}};
  CHECK(mock::anthropic().key_of(asked) == "sesame");
  asked.fields.push_back({"x-api-key", "other"});
  CHECK(mock::anthropic().key_of(asked) == "other");
  asked.fields = {{"Authorization", "Basic sesame"}};
  CHECK(mock::anthropic().key_of(asked) == "");
}
