#include "tools/mock/dialects/openai.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace retort::mock;

TEST_CASE("OpenAI's headers say limit, remainder and reset of each quota") {
  const std::vector<quota_reading> left = {{"requests", 60, 59, 500ms}, {"tokens", 600, 0, 80s}};
  CHECK(openai_chat().limit_headers(left) ==
        "x-ratelimit-limit-requests: 60\r\nx-ratelimit-remaining-requests: 59\r\n"
        "x-ratelimit-reset-requests: 500ms\r\nx-ratelimit-limit-tokens: 600\r\n"
        "x-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 1m20s\r\n");
  CHECK(openai_chat().limit_headers({}) == "");
}

TEST_CASE("OpenAI's waits are in whole seconds, and in milliseconds where asked") {
  CHECK(retry_headers(retry_advice{1.201}) == "retry-after: 2\r\nretry-after-ms: 1201\r\n");
  CHECK(retry_headers(retry_advice{0.001}) == "retry-after: 1\r\nretry-after-ms: 1\r\n");
  CHECK(retry_headers(retry_advice{24}) == "retry-after: 24\r\nretry-after-ms: 24000\r\n");
  CHECK(retry_headers(retry_advice{24, false}) == "retry-after: 24\r\n");
  CHECK(retry_headers({}) == "");
}
