#include "providers/failure/error_words.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::providers;

TEST_CASE("what a plain refusal means is known by its words") {
  using enum failure_kind;
  struct {
    const char* message;
    failure_kind kind;
  } const table[] = {
      {"Your credit balance is too low to access the Anthropic API.", quota_exhausted},
      {"You have reached your specified API usage limits. You will regain access", quota_exhausted},
      {"You have reached your specified workspace API usage limits. You will", quota_exhausted},
      {"Your team 16f2 has either used all available credits or reached its monthly spending "
       "limit. To continue",
       quota_exhausted},
      {"Account x is suspended, possibly due to reaching the monthly spending limit or failure",
       quota_exhausted},
      {"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO", content_filter},
      {"Output blocked by content filtering policy", content_filter},
      {"Billing hard limit has been reached", quota_exhausted},
      {"Insufficient Balance", quota_exhausted},
      {"API key not valid. Please pass a valid API key.", authentication},
      {"Organization has been restricted. Please reach out to support", authentication},
      {"Invalid model: mistral-smol", not_found},
      {"Model Not Exist", not_found},
      {"foo/bar is not a valid model ID", not_found},
      {"<html><title>400 The plain HTTP request was sent to HTTPS port</title>", not_found},
      {"We could not parse the JSON body of your request. (HINT: ...)", server_error},
      {"No models provided", server_error},
  };
  for (const auto& [message, kind] : table) {
    CAPTURE(message);
    REQUIRE(kind_in_words(message));
    CHECK(*kind_in_words(message) == kind);
  }
}

TEST_CASE("a message that quotes a prompt says nothing") {
  for (const char* message : {"", "m", "unknown word in \"Your credit balance is too low\"",
                              "the prompt \"API key not valid\" is refused", "Model Not"}) {
    CAPTURE(message);
    CHECK_FALSE(kind_in_words(message));
  }
}

TEST_CASE("what is too large is told from what comes too often") {
  CHECK(says_too_large("Request too large for model x on tokens per minute (TPM): Limit 6000"));
  CHECK(says_too_large("This model's maximum context length is 8192 tokens."));
  CHECK(says_too_large("prompt is too long: 210000 tokens > 200000 maximum"));
  CHECK(says_too_large("input length and `max_tokens` exceed context limit: 9 + 8 > 10"));
  CHECK(says_too_large("The input token count (1200293) exceeds the maximum number of tokens"));
  CHECK(says_too_large("`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"));
  CHECK_FALSE(says_too_large("Rate limit reached for gpt-4o on tokens per min (TPM)"));
}
