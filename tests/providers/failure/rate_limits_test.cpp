#include "providers/failure/rate_limits.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using namespace retort::providers;
using std::chrono::milliseconds;

namespace {

// 2024-02-29T23:59:59Z
const auto now = std::chrono::system_clock::from_time_t(1709251199);

rate_limits read(std::string_view headers) {
  retort::io::http_response response;
  response.headers = headers;
  return read_rate_limits(response, now);
}

bool same(const quota_reading& a, const quota_reading& b) {
  return a.limit == b.limit && a.remaining == b.remaining && a.reset == b.reset;
}

// What is said of requests, or of another quota.
quota_reading reading(std::string_view headers, quota of = quota::requests) {
  return read(headers)[of];
}

}  // namespace

TEST_CASE("without such headers nothing is known") {
  for (const std::string_view headers :
       {"", "\n", "date: x\nserver: y\n", "retry-after: 3\n", "x-request-id: limit-1\n",
        "content-limit-x: 1\n", "limit-", "x-ratelimit-\n", "x-ratelimit-limit-requests\n",
        "x-ratelimit-limit-requests:\n", ": x-ratelimit-limit-requests: 1\n"}) {
    CAPTURE(headers);
    CHECK_FALSE(read(headers).any());
  }
}

TEST_CASE("OpenAI's headers") {
  const rate_limits limits = read(
      "date: x\nx-ratelimit-limit-requests: 5000\nx-ratelimit-limit-tokens: 160000\n"
      "x-ratelimit-limit-tokens_usage_based: 1\nx-ratelimit-remaining-requests: 4999\n"
      "x-ratelimit-remaining-tokens: 0\nx-ratelimit-remaining-tokens_usage_based: 1\n"
      "x-ratelimit-reset-requests: 12ms\nx-ratelimit-reset-tokens: 6m0s\n"
      "x-ratelimit-reset-tokens_usage_based: 9ms\nserver: y\n");
  CHECK(limits.any());
  CHECK(same(limits[quota::requests], {5000, 4999, 12ms}));
  CHECK(same(limits[quota::tokens], {160000, 0, 6min}));
  CHECK_FALSE(limits[quota::input_tokens].any());
  CHECK_FALSE(limits[quota::output_tokens].any());
}

TEST_CASE("Azure's whole seconds, and its -1 and 0 for not known") {
  CHECK(same(
      reading("x-ratelimit-remaining-tokens: 99\nx-ratelimit-reset-tokens: 27\n", quota::tokens),
      {std::nullopt, 99, 27s}));
  for (const std::string_view headers :
       {"x-ratelimit-limit-requests: -1\nx-ratelimit-remaining-requests: -1\n"
        "x-ratelimit-reset-requests: -1\n",
        "x-ratelimit-remaining-requests: 0\nx-ratelimit-limit-requests: 0\n"
        "x-ratelimit-reset-requests: 0\n"}) {
    CHECK_FALSE(read(headers).any());
  }
}

TEST_CASE("Anthropic's headers") {
  const rate_limits limits = read(
      "anthropic-ratelimit-requests-limit: 4000\nanthropic-ratelimit-requests-remaining: 3999\n"
      "anthropic-ratelimit-requests-reset: 2024-03-01T00:00:00Z\n"
      "anthropic-ratelimit-tokens-limit: 480000\nanthropic-ratelimit-tokens-remaining: 479000\n"
      "anthropic-ratelimit-input-tokens-limit: 400000\n"
      "anthropic-ratelimit-input-tokens-remaining: 399000\n"
      "anthropic-ratelimit-input-tokens-reset: 2024-03-01T00:01:59.5Z\n"
      "anthropic-ratelimit-output-tokens-limit: 80000\n"
      "anthropic-ratelimit-output-tokens-remaining: 0\n"
      "anthropic-ratelimit-output-tokens-reset: 2024-02-29T23:59:58Z\n"
      "anthropic-priority-input-tokens-limit: 7\nanthropic-ratelimit-unified-limit: 7\n");
  CHECK(same(limits[quota::requests], {4000, 3999, 1s}));
  CHECK(same(limits[quota::tokens], {480000, 479000, std::nullopt}));
  CHECK(same(limits[quota::input_tokens], {400000, 399000, 2min + 500ms}));
  CHECK(same(limits[quota::output_tokens], {80000, 0, std::nullopt}));  // gone by
}

TEST_CASE("Mistral's headers") {
  const rate_limits limits = read(
      "x-ratelimit-limit-req-minute: 50\nx-ratelimit-remaining-req-minute: 49\n"
      "x-ratelimit-limit-tokens-minute: 50000\nx-ratelimit-remaining-tokens-minute: 47300\n"
      "x-ratelimit-tokens-query-cost: 1300\nx-ratelimitbysize-limit-month: 1\n");
  CHECK(same(limits[quota::requests], {50, 49, std::nullopt}));
  CHECK(same(limits[quota::tokens], {50000, 47300, std::nullopt}));
}

TEST_CASE("headers that name no quota speak of requests, unless others do") {
  const std::string general =
      "x-ratelimit-limit: 20\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 3.5\n";
  CHECK(same(reading(general), {20, 0, 3500ms}));
  CHECK(same(reading("ratelimit-limit: 20\nratelimit-remaining: 1\nratelimit-reset: 50\n"),
             {20, 1, 50s}));
  CHECK(same(reading("x-tokenlimit-limit: 9\nx-tokenlimit-remaining: 8\n", quota::tokens),
             {9, 8, std::nullopt}));
  const std::string specific = "x-ratelimit-remaining-requests: 7\n";
  CHECK(same(reading(general + specific), {std::nullopt, 7, std::nullopt}));
  CHECK(same(reading(specific + general), {std::nullopt, 7, std::nullopt}));
  CHECK(same(reading(general + "x-ratelimit-remaining-tokens: 7\n"), {20, 0, 3500ms}));
}

TEST_CASE("a reset is a duration, seconds, a date or a time since 1970") {
  struct {
    std::string_view text;
    std::optional<milliseconds> reset;
  } const table[] = {
      {"12ms", 12ms},
      {"1h2m3s", 1h + 2min + 3s},
      {"1.5s", 1500ms},
      {"0.5", 500ms},
      {"60", 60s},
      {"2024-03-01T00:00:09Z", 10s},
      {"2024-03-01T01:00:09+01:00", 10s},
      {"1709251209", 10s},
      {"1709251209.5", 10500ms},
      {"1709251209500", 10500ms},
      {"1709251199", std::nullopt},
      {"1709251100", std::nullopt},
      {"9999999999", std::nullopt},
      {"1709251209500000", std::nullopt},
      {"2025-03-01T00:00:09Z", std::nullopt},
      {"2261-03-01T00:00:09Z", std::nullopt},
      {"0s", std::nullopt},
      {"-5", std::nullopt},
      {"soon", std::nullopt},
      {"nan", std::nullopt},
      {"", std::nullopt},
      {"Fri, 01 Mar 2024 00:00:09 GMT", std::nullopt},
  };
  for (const auto& [text, reset] : table) {
    CAPTURE(text);
    CHECK(reading("x-ratelimit-reset-requests: " + std::string(text) + "\n").reset == reset);
  }
}

TEST_CASE("what is malformed is ignored, and the rest stays") {
  for (const std::string_view text : {"", " ", "many", "1.5", "1e3", "+1", "-1", "0x1", "1 ",
                                      "1,00", "100, 100;w=60", "99999999999999999999"}) {
    CAPTURE(text);
    const std::string value = std::string(text) + "\n";
    CHECK(same(reading("x-ratelimit-limit-requests: 9\nx-ratelimit-remaining-requests: " + value),
               {9, std::nullopt, std::nullopt}));
  }
  CHECK(same(reading("x-ratelimit-limit-requests: x\nx-ratelimit-remaining-requests: 3\n"),
             {std::nullopt, 3, std::nullopt}));
  CHECK_FALSE(reading("x-ratelimit-limit-requests-day: 3\n").any());
  CHECK_FALSE(reading("anthropic-ratelimit-requests-limit-x: 3\n").any());
  CHECK_FALSE(reading("x-x-ratelimit-limit: 3\n").any());
}

TEST_CASE("of one header twice the first counts; a last line needs no end") {
  CHECK(reading("x-ratelimit-limit: 3\nx-ratelimit-limit: 4\n").limit == 3);
  CHECK(reading("a: b\nx-ratelimit-limit: 3").limit == 3);
}

TEST_CASE("a period that the name tells, or the value") {
  const auto of = [](std::string_view headers, quota which = quota::requests) {
    return reading(headers, which).period;
  };
  CHECK_FALSE(of("x-ratelimit-limit-requests: 5\n"));
  CHECK(of("x-ratelimit-limit-req-minute: 5\n") == 60s);
  CHECK(of("x-ratelimit-limit-requests-second: 5\n") == 1s);
  CHECK(of("x-ratelimit-limit-tokens-minute: 5\n", quota::tokens) == 60s);
  CHECK(of("x-ratelimit-limit-second: 5\nx-ratelimit-remaining-second: 4\n") == 1s);
  CHECK(of("ratelimit-limit: 10, 10;w=1\n") == 1s);
  CHECK(of("ratelimit-limit: 10, 10;w=60;comment=\"x\"\n") == 60s);
  CHECK(of("ratelimit-limit: 100;w=3600\n") == 1h);
  CHECK(of("ratelimit-limit: 5, 5;w=86400\n") == 24h);
  CHECK(of("ratelimit-limit: 5, 5;w=99999999999999\n") == 366 * 24h);
  CHECK(of("ratelimit-limit: 900, 10;w=1, 900;w=3600\n") == 1h);
  CHECK(of("ratelimit-limit: 7, 10;w=1, 900;w=3600\n") == 1s);
  CHECK_FALSE(of("ratelimit-limit: 10, 10;w=x\n"));
  CHECK(reading("ratelimit-limit: 10, 10;w=1\n").limit == 10);
  CHECK_FALSE(read("x-ratelimit-limit-requests-day: 5\n").any());  // no pace for a minute
}

TEST_CASE("thousands may be set apart by commas") {
  const auto limits =
      reading("x-ratelimit-limit-requests: 5,000\nx-ratelimit-remaining-requests: 1,234,567\n");
  CHECK(limits.limit == 5'000);
  CHECK(limits.remaining == 1'234'567);
  CHECK(reading("x-ratelimit-limit-requests: 100,100;w=60\n").limit == 100);
  CHECK(reading("x-ratelimit-limit-requests: 10, 10;w=1\n").limit == 10);
  CHECK(reading("x-ratelimit-limit-requests: 50,00\n").limit == 50);
}
