#include "providers/body/finish.hpp"

#include <doctest/doctest.h>

using namespace retort::providers;

TEST_CASE("each provider's word has its finish") {
  const struct {
    std::string_view word;
    finish why;
  } table[] = {
      {"", finish::unknown},
      {"stop", finish::stop},
      {"end_turn", finish::stop},
      {"STOP", finish::stop},
      {"completed", finish::stop},
      {"length", finish::length},
      {"max_tokens", finish::length},
      {"MAX_TOKENS", finish::length},
      {"max_output_tokens", finish::length},
      {"model_length", finish::length},
      {"tool_calls", finish::tool_calls},
      {"tool_use", finish::tool_calls},
      {"content_filter", finish::content_filter},
      {"SAFETY", finish::content_filter},
      {"refusal", finish::refusal},
      {"pause_turn", finish::other},
      {"abort", finish::other},
      {"MALFORMED_FUNCTION_CALL", finish::other},
      {"error", finish::other},
      {"insufficient_system_resource", finish::other},
      {"IMAGE_SAFETY", finish::content_filter},
      {"eos", finish::stop},
      {"Stop", finish::stop},
      {"LENGTH", finish::length},
      {"FINISH_REASON_UNSPECIFIED", finish::unknown},
      {"null", finish::unknown},
  };
  for (const auto& [word, why] : table) {
    CAPTURE(word);
    CHECK(finish_named(word) == why);
  }
}

TEST_CASE("a finish's own name stands for it") {
  for (const finish why : {finish::unknown, finish::stop, finish::length, finish::tool_calls,
                           finish::content_filter, finish::refusal, finish::other}) {
    CHECK(finish_named(name(why)) == why);
  }
}

TEST_CASE("a refusal or a tool call says more than a plain stop") {
  completion answer;
  CHECK(finish_of(answer) == finish::unknown);
  answer.finish_reason = "stop";
  answer.tool_calls.resize(1);
  CHECK(finish_of(answer) == finish::tool_calls);
  answer.refusal = "No.";
  CHECK(finish_of(answer) == finish::refusal);
  answer.text = "Yes, but";  // what was said before
  CHECK(finish_of(answer) == finish::refusal);
  answer.finish_reason = "length";
  CHECK(finish_of(answer) == finish::length);
}
