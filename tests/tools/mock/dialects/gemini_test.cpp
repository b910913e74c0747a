#include <doctest/doctest.h>

#include <string>

#include "tests/tools/mock/both_sides.hpp"

using namespace retort;
using namespace retort::test;

namespace {

bool says(const io::http_response& response, std::string_view what) {
  return response.body.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("the path names the model; contents without a role are the user's") {
  both_sides sides;
  CHECK(sides.post("/v1beta/models/my%20model:generateContent?x=1",
                   R"({"contents":[{"role":"model","parts":[{"text":"9 + 9"}]},)"
                   R"({"parts":[{"text":"1 + "},{"text":"12"}]}]})") == 200);
  CHECK(says(sides.response, R"("modelVersion":"my model")"));
  CHECK(says(sides.response, R"("parts":[{"text":"{\"answer\": \"13\"}"}],"role":"model")"));
  CHECK(says(sides.response, R"("finishReason":"STOP")"));
}

TEST_CASE("requests that are no contents are refused in Google's words") {
  both_sides sides;
  for (const std::string body :
       {"[]", "{}", R"({"contents":[]})", R"({"contents":[{"role":"user"}]})"}) {
    CAPTURE(body);
    CHECK(sides.post("/v1beta/models/m:generateContent", body) == 400);
    CHECK(sides.response.body.starts_with(R"({"error":{"code":400,"message":")"));
    CHECK(sides.response.body.ends_with(R"("status":"INVALID_ARGUMENT"}})"));
  }
}

TEST_CASE("Gemini's delay is in the body, and its limits are nowhere") {
  mock::options chosen;
  chosen.rate_limit = 1;
  chosen.retry_after_s = 1.25;
  chosen.rpm = 60;
  both_sides sides(chosen);
  CHECK(sides.post("/v1beta/models/m:generateContent",
                   R"({"contents":[{"parts":[{"text":"1 + 1"}]}]})") == 429);
  CHECK(says(sides.response,
             R"("status":"RESOURCE_EXHAUSTED","details":[{"@type":)"
             R"("type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.25s"}])"));
  CHECK(sides.response.header("retry-after") == "");
  CHECK(sides.response.headers.find("ratelimit") == std::string::npos);
}

TEST_CASE("Gemini streams events only, and to those who ask for them") {
  both_sides sides;
  const std::string body = R"({"contents":[{"parts":[{"text":"1 + 1"}]}]})";
  const std::string target = "/v1beta/models/m:streamGenerateContent";
  CHECK(sides.post(target, body) == 400);
  CHECK(says(sides.response, "alt=sse"));
  CHECK(sides.post(target + "?alt=ssebut", body) == 400);
  CHECK(sides.post(target + "?key=k&alt=sse", body) == 200);
  CHECK(sides.response.body.starts_with("data: {\"candidates\":"));
  CHECK_FALSE(says(sides.response, "[DONE]"));
}
