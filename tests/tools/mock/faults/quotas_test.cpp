#include "tools/mock/faults/quotas.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/tools/mock/client.hpp"

using namespace std::chrono_literals;
using namespace retort::mock;
using namespace retort::test;

namespace {

const quotas::time_point start(1000h);

options per_minute(double requests, double tokens, double burst_s = 60) {
  options chosen;
  chosen.rpm = requests;
  chosen.tpm = tokens;
  chosen.burst_s = burst_s;
  return chosen;
}

}  // namespace

TEST_CASE("without quotas everything is admitted and nothing said") {
  quotas none{options{}};
  CHECK_FALSE(none.any());
  CHECK_FALSE(none.admit(1e9, start));
  none.charge(1e9, start);
  CHECK(none.readings(start).empty());
}

TEST_CASE("requests are admitted one by one as they refill") {
  quotas limits(per_minute(60, 0, 2));
  CHECK(limits.any());
  CHECK_FALSE(limits.admit(5, start));
  CHECK_FALSE(limits.admit(5, start));
  const auto lack = limits.admit(5, start + 250ms);
  REQUIRE(lack);
  CHECK(lack->of == "requests");
  CHECK(lack->limit == 60);
  CHECK(lack->wait == 750ms);
  CHECK_FALSE(limits.admit(5, start + 1s));
  CHECK(limits.admit(5, start + 1s));
}

TEST_CASE("a refused request takes nothing of either quota") {
  quotas limits(per_minute(60, 600));
  for (int i = 0; i < 100; ++i) CHECK(limits.admit(601, start));
  CHECK_FALSE(limits.admit(600, start));
  for (int i = 0; i < 100; ++i) CHECK(limits.admit(1, start));
  CHECK(limits.readings(start)[0].remaining == 59);
}

TEST_CASE("an answer's tokens may leave a debt, which refuses what comes next") {
  quotas limits(per_minute(0, 600));
  CHECK_FALSE(limits.admit(100, start));
  limits.charge(700, start);
  const auto left = limits.readings(start);
  REQUIRE(left.size() == 1);
  CHECK(left[0].of == "tokens");
  CHECK(left[0].limit == 600);
  CHECK(left[0].remaining == 0);
  CHECK(left[0].until_full == 80s);
  const auto lack = limits.admit(10, start);
  REQUIRE(lack);
  CHECK(lack->of == "tokens");
  CHECK(lack->wait == 21s);
  CHECK(limits.admit(0, start));
  CHECK_FALSE(limits.admit(10, start + 21s));
}

TEST_CASE("of two quotas the one that takes longer refuses") {
  quotas limits(per_minute(60, 600, 1));
  CHECK_FALSE(limits.admit(10, start));
  CHECK(limits.admit(1, start)->of == "requests");  // 1 s against 0.1 s
  limits.charge(20, start);
  CHECK(limits.admit(1, start)->of == "tokens");   // 1 s against 2.1 s
  CHECK(limits.admit(11, start)->of == "tokens");  // 1 s against never
  CHECK_FALSE(limits.admit(11, start)->wait);
}

TEST_CASE("over any minute no more is admitted than the quota and what was saved up") {
  quotas limits(per_minute(600, 0, 1));
  int admitted = 0;
  for (int ms = 0; ms < 60'000; ms += 7) admitted += limits.admit(1, start + ms * 1ms) ? 0 : 1;
  CHECK(admitted <= 610);
  CHECK(admitted >= 608);
}

TEST_CASE("what is left is told of the quotas that there are, unless it is not to be") {
  quotas limits(per_minute(60, 6000));
  limits.admit(60, start);
  limits.charge(40, start);
  const auto left = limits.readings(start + 500ms);
  REQUIRE(left.size() == 2);
  CHECK(left[0].remaining == 59);
  CHECK(left[0].until_full == 500ms);
  CHECK(left[1].remaining == 5950);
  CHECK(limits.readings(start + 1h)[1].until_full == 0s);
  options silent = per_minute(60, 0);
  silent.no_limit_headers = true;
  CHECK(quotas(silent).readings(start).empty());
}

TEST_CASE("a refusal is worded as OpenAI does, with the wait rounded up") {
  const shortage lack{"requests", 60, 1, 1200500us};
  CHECK(message_for(lack, "m") ==
        "Rate limit reached for m on requests per min (RPM): Limit 60, Requested 1. "
        "Please try again in 1.201s.");
  const shortage never{"tokens", 600, 700, std::nullopt};
  CHECK(message_for(never, "m") ==
        "Request too large for m on tokens per min (TPM): Limit 600, Requested 700.");
}

TEST_CASE("durations are shown as OpenAI's headers have them") {
  struct {
    bucket::duration time;
    std::string text;
  } const table[] = {
      {0s, "0s"},
      {1ns, "1ms"},
      {12ms, "12ms"},
      {999ms, "999ms"},
      {1s, "1s"},
      {1200ms, "1.2s"},
      {999999us, "1s"},
      {59s, "59s"},
      {60s, "1m0s"},
      {6min, "6m0s"},
      {90951ms, "1m30.951s"},
      {1h, "1h0m0s"},
      {1h + 2min + 3s, "1h2m3s"},
  };
  for (const auto& [time, text] : table) CHECK(show_duration(time) == text);
}

TEST_CASE("the 429 and the quotas' headers cross the wire") {
  for (const bool plain : {false, true}) {
    options chosen = per_minute(2, 0);
    chosen.plain = plain;
    chosen.chunked = 1;
    const auto server = start_mock(chosen);
    mock_client client(*server);
    const auto first = client.ask("1 + 1");
    CHECK(first.status == 200);
    CHECK(answer_in(first.body) == R"({"answer": "2"})");
    CHECK(first.headers.at("x-ratelimit-limit-requests") == "2");
    CHECK(first.headers.at("x-ratelimit-remaining-requests") == "1");
    CHECK_FALSE(first.headers.contains("x-ratelimit-limit-tokens"));
    CHECK(client.ask("1 + 1").headers.at("x-ratelimit-remaining-requests") == "0");
    const auto refused = client.ask("1 + 1");
    CHECK(refused.status == 429);
    const int wait = std::stoi(refused.headers.at("retry-after"));
    const int wait_ms = std::stoi(refused.headers.at("retry-after-ms"));
    CHECK(wait <= 30);
    CHECK(wait == (wait_ms + 999) / 1000);
    CHECK(refused.headers.at("x-ratelimit-remaining-requests") == "0");
    CHECK(refused.headers.at("x-ratelimit-reset-requests").ends_with("s"));
    CHECK(refused.body.find(R"("type":"requests","param":null,"code":"rate_limit_exceeded")") !=
          std::string::npos);
    CHECK(client.get("/v1/models").status == 200);
  }
}

TEST_CASE("every request counts as answered, refused, limited or spoilt") {
  options chosen = per_minute(3, 0);
  chosen.error_500 = 0.5;
  const auto server = start_plain(chosen);
  mock_client client(*server);
  client.post("{}");
  for (int i = 0; i < 5; ++i) client.ask("1 + 1");
  const counters seen = server->snapshot();
  CHECK(seen.requests == 6);
  CHECK(seen.refused == 1);
  CHECK(seen.rate_limited == 2);
  CHECK(seen.answered + seen.of(fault::error_500) == 3);
  CHECK(seen.prompt_tokens == 6);
  CHECK(seen.completion_tokens == 4 * seen.answered);
}

TEST_CASE("with a quota far away nothing but the headers changes, and without them nothing") {
  options chosen = per_minute(1e6, 1e6);
  chosen.no_limit_headers = true;
  const auto server = start_plain(chosen);
  mock_client client(*server);
  const auto response = client.ask("1 + 1");
  CHECK(response.status == 200);
  CHECK_FALSE(response.headers.contains("x-ratelimit-limit-requests"));
}
