#include "tools/mock/batches/batch_anthropic.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "tests/tools/mock/batches/batch_rig.hpp"

using namespace std::chrono_literals;
using namespace retort::mock;
using namespace retort::test;

namespace {

options taking(double seconds) {
  options chosen;
  chosen.batch_s = seconds;
  return chosen;
}

std::vector<std::string> ids(int count) {
  std::vector<std::string> made;
  for (int i = 0; i < count; ++i) made.push_back(std::to_string(i));
  return made;
}

batch_reply get(batch_rig& rig, const std::string& id) {
  return rig.get("/v1/messages/batches/" + id);
}

std::string results_of(batch_rig& rig, const std::string& id) {
  const batch_reply reply = rig.get("/v1/messages/batches/" + id + "/results");
  CHECK(reply.status == 200);
  return reply.body;
}

std::string refusal(batch_rig& rig, std::string_view body) {
  const batch_reply reply = rig.post("/v1/messages/batches", body);
  CHECK(reply.status == 400);
  CHECK(text_at(reply.body, "/type") == "error");
  CHECK(text_at(reply.body, "/error/type") == "invalid_request_error");
  return text_at(reply.body, "/error/message");
}

std::ptrdiff_t how_many(const std::vector<std::string>& values, std::string_view wanted) {
  return std::count(values.begin(), values.end(), wanted);
}

}  // namespace

TEST_CASE("until a message batch has ended, all of it is being processed") {
  batch_rig rig(taking(10));
  const std::string id = rig.anthropic_batch(ids(8));
  CHECK(id == "msgbatch_mock1");
  rig.now += 9999ms;
  const std::string before = get(rig, id).body;
  CHECK(before ==
        R"({"id":"msgbatch_mock1","type":"message_batch","processing_status":"in_progress",)"
        R"("request_counts":{"processing":8,"succeeded":0,"errored":0,"canceled":0,"expired":0},)"
        R"("ended_at":null,"created_at":"2027-01-15T08:00:00.000000Z",)"
        R"("expires_at":"2027-01-16T08:00:00.000000Z","archived_at":null,)"
        R"("cancel_initiated_at":null,"results_url":null})");
  CHECK(rig.get("/v1/messages/batches/" + id + "/results").status == 404);
  rig.now += 1ms;
  const std::string after = get(rig, id).body;
  CHECK(text_at(after, "/processing_status") == "ended");
  CHECK(at(after, "/request_counts") ==
        R"({"processing":0,"succeeded":8,"errored":0,"canceled":0,"expired":0})");
  CHECK(text_at(after, "/ended_at") == "2027-01-15T08:00:10.000000Z");
  CHECK(text_at(after, "/results_url") ==
        "https://mock.test:8443/v1/messages/batches/msgbatch_mock1/results");
}

TEST_CASE("the results come in another order, each with its message") {
  batch_rig rig(taking(0));
  const std::string results = results_of(rig, rig.anthropic_batch(ids(8)));
  std::vector<std::string> found = of_lines(results, "/custom_id");
  CHECK_FALSE(std::is_sorted(found.begin(), found.end()));
  std::sort(found.begin(), found.end());
  CHECK(found.size() == 8);
  CHECK(how_many(of_lines(results, "/result/type"), R"("succeeded")") == 8);
  CHECK(rig.asked[0].first == "/v1/messages");

  CHECK(results_of(rig, rig.anthropic_batch({"x"})) ==
        R"({"custom_id":"x","result":{"type":"succeeded","message":{"echo":{"of":"x"}}}})"
        "\n");
}

TEST_CASE("results are errored or expired as asked") {
  options chosen = taking(0);
  chosen.batch_errored = 0.3;
  chosen.batch_expired = 0.3;
  batch_rig rig(chosen);
  const std::string id = rig.anthropic_batch(ids(100));
  const std::string results = results_of(rig, id);
  const auto types = of_lines(results, "/result/type");
  const auto errored = how_many(types, R"("errored")"), expired = how_many(types, R"("expired")");
  CHECK(errored > 15);
  CHECK(expired > 15);
  CHECK(how_many(of_lines(results, "/result/error/error/type"), R"("api_error")") == errored);
  CHECK(at(get(rig, id).body, "/request_counts") ==
        fmt::format(R"({{"processing":0,"succeeded":{},"errored":{},"canceled":0,"expired":{}}})",
                    100 - errored - expired, errored, expired));

  rig.status = 400;
  const std::string refused = results_of(rig, rig.anthropic_batch({"no_chance_of_its_own"}));
  CHECK(how_many(of_lines(refused, "/result/type"), R"("succeeded")") == 0);
}

TEST_CASE("what a canceled message batch had finished stays") {
  batch_rig rig(taking(10));
  const std::string id = rig.anthropic_batch(ids(8));
  const std::string cancel = "/v1/messages/batches/" + id + "/cancel";
  rig.now += 5s;
  const std::string told = rig.post(cancel).body;
  CHECK(text_at(told, "/processing_status") == "canceling");
  CHECK(text_at(told, "/cancel_initiated_at") == "2027-01-15T08:00:05.000000Z");
  rig.now += 1s;
  CHECK(at(get(rig, id).body, "/request_counts") ==
        R"({"processing":0,"succeeded":4,"errored":0,"canceled":4,"expired":0})");
  CHECK(how_many(of_lines(results_of(rig, id), "/result/type"), R"("canceled")") == 4);
  CHECK(rig.post(cancel).status == 400);
  CHECK(rig.tally.snapshot().batch_answers == 4);
}

TEST_CASE("a message batch that cannot be is refused") {
  batch_rig rig;
  CHECK(refusal(rig, "{") == "The request body is not valid JSON.");
  CHECK(refusal(rig, "[]") == "requests: Field required");
  CHECK(refusal(rig, R"({"requests":[]})") == "requests: at least one is required");
  CHECK(refusal(rig, R"({"requests":[{}]})") == "requests.0.custom_id: Field required");
  CHECK(refusal(rig, R"({"requests":[{"custom_id":"a"}]})") == "requests.0.params: Field required");
  for (const std::string& bad : {std::string(), std::string("a b"), std::string(65, 'a')}) {
    CHECK(
        refusal(rig, fmt::format(R"({{"requests":[{{"custom_id":"{}","params":{{}}}}]}})", bad)) ==
        "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'");
  }
  CHECK(refusal(rig, R"({"requests":[{"custom_id":"a","params":{}},)"
                     R"({"custom_id":"a","params":{}}]})") ==
        "requests.1.custom_id: must be unique within the batch");
  CHECK(rig.get("/v1/messages/batches/x").status == 404);
  CHECK(rig.tally.snapshot().batches == 0);
}

TEST_CASE("a message batch may hold as many requests as it may") {
  options chosen;
  chosen.batch_max = 2;
  batch_rig rig(chosen);
  CHECK(rig.anthropic_batch(ids(2)) == "msgbatch_mock1");
  CHECK(rig.anthropic_batch(ids(3)) == "");
}

TEST_CASE("a message batch is refused with a 429, since none ever fails as a whole") {
  options chosen;
  chosen.batch_failed = 1;
  batch_rig rig(chosen);
  const batch_reply reply =
      rig.post("/v1/messages/batches", R"({"requests":[{"custom_id":"a","params":{}}]})");
  CHECK(reply.status == 429);
  CHECK(text_at(reply.body, "/error/type") == "rate_limit_error");
  CHECK(rig.tally.snapshot().batches == 0);
}

TEST_CASE("message batches are listed newest first, page by page") {
  batch_rig rig;
  CHECK(rig.get("/v1/messages/batches").body ==
        R"({"data":[],"has_more":false,"first_id":null,"last_id":null})");
  for (int i = 0; i < 3; ++i) rig.anthropic_batch(ids(1));
  const std::string first = rig.get("/v1/messages/batches?limit=2").body;
  CHECK(text_at(first, "/first_id") == "msgbatch_mock3");
  CHECK(text_at(first, "/last_id") == "msgbatch_mock2");
  CHECK(at(first, "/has_more") == "true");
  const std::string second = rig.get("/v1/messages/batches?limit=2&after_id=msgbatch_mock2").body;
  CHECK(text_at(second, "/data/0/id") == "msgbatch_mock1");
  CHECK(at(second, "/has_more") == "false");
  CHECK(rig.get("/v1/messages/batches?limit=1001").status == 400);
  CHECK(rig.get("/v1/messages/batches?after_id=x").status == 400);
}
