#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/failure/rate_limits.hpp"
#include "tests/tools/mock/both_sides.hpp"

using namespace std::chrono_literals;
using namespace retort;
using namespace retort::test;

namespace {

const std::string version = "anthropic-version: 2023-06-01\r\n";

bool says(const io::http_response& response, std::string_view what) {
  return response.body.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a message needs its version, model, max_tokens and messages") {
  both_sides sides;
  const std::string good =
      R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"1 + 1"}]})";
  CHECK(sides.post("/v1/messages", good, version) == 200);
  struct {
    std::string headers, body, message;
  } const table[] = {
      {"", good, "anthropic-version"},
      {version, R"({"max_tokens":9,"messages":[{"role":"user","content":"x"}]})", "model"},
      {version, R"({"model":"m","messages":[{"role":"user","content":"x"}]})", "max_tokens"},
      {version, R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]})",
       "max_tokens"},
      {version, R"({"model":"m","max_tokens":9,"messages":[]})", "messages"},
      {version, R"({"model":"m","max_tokens":9,"messages":[{"role":"user"}]})", "messages"},
  };
  for (const auto& row : table) {
    CAPTURE(row.body);
    CHECK(sides.post("/v1/messages", row.body, row.headers) == 400);
    CHECK(sides.response.body.starts_with(
        R"({"type":"error","error":{"type":"invalid_request_error","message":")" + row.message));
    CHECK(says(sides.response,
               R"("request_id":")" + std::string(sides.response.header("request-id")) + '"'));
  }
}

TEST_CASE("instructions in blocks count, and so do messages in blocks") {
  both_sides sides;
  CHECK(sides.post("/v1/messages",
                   R"({"model":"m","max_tokens":9,"system":[{"type":"text","text":"1234"}],)"
                   R"("messages":[{"role":"user","content":[{"type":"text","text":"1+12"}]}]})",
                   version) == 200);
  CHECK(says(sides.response, R"("text":"{\"answer\": \"13\"}")"));
  CHECK(says(sides.response, R"("usage":{"input_tokens":2,"cache_creation_input_tokens":0,)"
                             R"("cache_read_input_tokens":0,"output_tokens":4})"));
}

TEST_CASE("Anthropic's limits are told with the time when the quota is full") {
  const std::vector<mock::quota_reading> left = {{"requests", 60, 59, 90s}, {"tokens", 600, 0, 0s}};
  io::http_response response;
  for (const char c : mock::anthropic().limit_headers(left)) {
    if (c != '\r') response.headers += c;
  }
  const auto limits = providers::read_rate_limits(response, std::chrono::system_clock::now());
  const auto requests = limits[providers::quota::requests];
  CHECK(requests.limit == 60);
  CHECK(requests.remaining == 59);
  REQUIRE(requests.reset);
  CHECK(*requests.reset > 88s);
  CHECK(*requests.reset <= 91s);
  CHECK(limits[providers::quota::tokens].remaining == 0);
}

TEST_CASE("Anthropic's waits are in whole seconds") {
  mock::api_error why{429, "slow"};
  CHECK(mock::anthropic().word(why, "r").headers == "");
  why.retry = mock::retry_advice{1.2};
  CHECK(mock::anthropic().word(why, "r").headers == "retry-after: 2\r\n");
}
