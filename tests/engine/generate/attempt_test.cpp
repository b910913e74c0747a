#include "engine/generate/attempt.hpp"

#include <doctest/doctest.h>

#include "tests/support/record_rig.hpp"

using namespace retort;
using namespace retort::engine;
using test::completion_answer;
using test::holds;
using test::http_answer;
using test::http_request;
using test::in_turn;
using test::key;
using test::right_completion;
using test::sum_rows;
using rig = test::record_rig;

TEST_CASE("a key that the server echoes is neither told nor kept") {
  const std::string cut_off = std::string(190, 'x') + ' ' + key;  // messages hold 200 bytes
  const std::string bodies[] = {
      R"({"error":{"message":"Incorrect API key provided: )" + key + R"(."}})",
      R"({"error":{"message":")" + cut_off + R"(","code":")" + cut_off + R"("}})",
      R"({"error":{"message":"\u0073k-proj-0123456789abcdef"}})",
      R"({"detail":"Bearer )" + key + R"("})",
      "<html>" + key + "</html>",
      cut_off,
  };
  for (const int status : {400, 401, 422, 500, 200, 302}) {
    for (const std::string& body : bodies) {
      CAPTURE(status);
      CAPTURE(body);
      const std::string location = "Location: https://elsewhere/?key=" + key + "\r\n";
      rig all(in_turn({http_answer(status, body, location)}));
      all.settings.attempts = 1;
      all.finish(sum_rows(0, 1));
      CHECK(all.peer.requests().size() == 1);
      CHECK_FALSE(holds(all.ledger_text(), key.substr(0, 8)));
      CHECK_FALSE(holds(all.reason, key.substr(0, 8)));
      for (const std::string& line : all.said) CHECK_FALSE(holds(line, key.substr(0, 8)));
      CHECK((holds(all.ledger_text(), "***") || holds(all.reason, "***")));
    }
  }
}

TEST_CASE("whatever bytes a server's headers hold, the ledger can be read") {
  const auto odd = [](const char* field, int status) {
    return http_answer(status, "{}", fmt::format("{}: a\xff\"\\ b\r\n", field));
  };
  std::string good = completion_answer("1");
  good.insert(good.find("\r\n") + 2, "X-Request-ID: a\xff\"\\ b\r\n");
  for (const std::string& answer : {good, odd("X-Request-ID", 400), odd("Content-Encoding", 200),
                                    odd("Content-Type", 500), odd("Retry-After", 400)}) {
    rig all(in_turn({answer}));
    all.settings.attempts = 1;
    CHECK(all.finish(sum_rows(0, 1)).size() == 1);
  }
}

TEST_CASE("the budget counts all that is sent: tools, schema and extra beside the messages") {
  struct {
    const char* what;
    std::string providers::sampling::*member;
    std::string text;
  } const table[] = {
      {"tools", &providers::sampling::tools,
       R"([{"type":"function","function":{"name":"f","description":")" + std::string(20'000, 'x') +
           R"(","parameters":{"type":"object"}}}])"},
      {"a schema", &providers::sampling::response_schema,
       R"({"type":"object","description":")" + std::string(20'000, 'x') + R"("})"},
      {"extra", &providers::sampling::extra, R"({"system":")" + std::string(20'000, 'x') + R"("})"},
  };
  constexpr std::int64_t cap = 100'000;
  for (const auto& [what, member, text] : table) {
    CAPTURE(what);
    std::size_t spent = 0;
    rig all([&](const http_request& asked) {  // a token a byte: nobody counts more
      spent += asked.body.size() + 10;
      return std::optional(http_answer(
          200,
          fmt::format(R"({{"choices":[{{"message":{{"content":"1"}},"finish_reason":"stop"}}],)"
                      R"("usage":{{"prompt_tokens":{},"completion_tokens":10}}}})",
                      asked.body.size())));
    });
    all.settings.models[0].limits.concurrency = 8;
    all.settings.sampling.max_tokens = 10;
    all.settings.sampling.*member = text;
    all.money.emplace(std::nullopt, cap);
    const auto samples = all.finish(sum_rows(0, 50));
    CHECK(samples.size() == 4);
    CHECK(all.status == exit_status::stopped);
    CHECK(spent <= cap);
    CHECK(all.money->money.spent().tokens == static_cast<std::int64_t>(spent));
  }
}

TEST_CASE("what was never sent is never billed") {
  rig all(right_completion);
  all.settings.models[0].base_url = "http://127.0.0.1:1";
  all.settings.models[0].startup_s = 0;
  all.money.emplace(std::nullopt, 100'000);
  CHECK(all.finish(sum_rows(0, 1)).empty());
  CHECK(all.money->money.spent().tokens == 0);
  CHECK(all.money->money.reserved().tokens == 0);
}

TEST_CASE("a refusal costs nothing, also where its HTTP status is 200; what had begun counts") {
  struct {
    const char* what;
    std::string body;
    bool is_billed;
  } const table[] = {
      {"an error", R"({"error":{"code":502,"message":"Provider returned error"}})", false},
      {"of no credit", R"({"error":{"message":"Insufficient credits","code":402}})", false},
      {"in the choice",
       R"({"choices":[{"error":{"code":502,"message":"x"},"message":{"content":""}}]})", false},
      {"in a choice that had begun",
       R"({"choices":[{"error":{"code":502,"message":"x"},"message":{"content":"The"}}]})", true},
      {"with usage", R"({"error":{"code":502,"message":"x"},"usage":{"prompt_tokens":9}})", true},
      {"cut off", R"({"choices":[{"index":0,"message":{"role":"assistant","con)", true},
  };
  for (const auto& [what, body, is_billed] : table) {
    CAPTURE(what);
    rig all(in_turn({http_answer(200, body)}));
    all.settings.attempts = 1;
    all.settings.sampling.max_tokens = 10;
    all.money.emplace(std::nullopt, 100'000);
    all.finish(sum_rows(0, 1));
    CHECK(all.peer.requests().size() == 1);
    CHECK((all.money->money.spent().tokens > 0) == is_billed);
    CHECK(all.money->money.reserved().tokens == 0);
  }
}
