#include "providers/dialects/anthropic_batch.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "providers/dialects/registry.hpp"
#include "providers/failure/rfc3339.hpp"

using namespace retort::providers;
using retort::errc;
using retort::io::http_response;

namespace {

const batch_api& api = *find_provider("anthropic")->batch;

http_response answer(std::string body, int status = 200) {
  http_response out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

batch_status status_of(std::string body) {
  auto read = api.read_status(answer(std::move(body)));
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  return std::move(*read);
}

batch_page page_of(std::string body) {
  auto read = api.read_list(answer(std::move(body)));
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  return std::move(*read);
}

batch_answer read(std::string_view line) {
  auto got = api.read_answer(line);
  REQUIRE_MESSAGE(got.has_value(), got.error().message);
  return std::move(*got);
}

failure why_failed(std::string_view result) {
  auto got = read(fmt::format(R"({{"custom_id":"t-0","result":{}}})", result));
  REQUIRE_FALSE(got.what.has_value());
  return got.what.error();
}

constexpr std::string_view ended = R"({
  "id": "msgbatch_01", "type": "message_batch", "processing_status": "ended",
  "request_counts": {"processing": 0, "succeeded": 50, "errored": 30, "canceled": 10,
                     "expired": 10},
  "created_at": "2024-08-20T18:37:24.100435Z", "ended_at": "2024-08-20T19:00:00Z",
  "results_url": "https://api.anthropic.com/v1/messages/batches/msgbatch_01/results"})";

}  // namespace

TEST_CASE("an answer's numbers are read as the model spelt them") {
  const auto got = read(
      R"({"custom_id":"t-0","result":{"type":"succeeded","message":{"content":[{"type":"tool_use",)"
      R"("id":"c","name":"f","input":{"n":[1.10,12345678901234567890123]}}]}}})");
  REQUIRE(got.what.has_value());
  CHECK(got.what->tool_calls[0].arguments == R"({"n":[1.10,12345678901234567890123]})");
}

TEST_CASE("a batch is created of its requests") {
  std::string body;
  api.begin("00c0ffee", body);
  api.append("00c0ffee-0", R"({"model":"m","max_tokens":4,"messages":[]})", body);
  api.append("00c0ffee-1", R"({"model":"m"})", body);
  api.end("00c0ffee", body);
  const std::string golden =
      R"({"requests":[{"custom_id":"00c0ffee-0","params":{"model":"m","max_tokens":4,)"
      R"("messages":[]}},{"custom_id":"00c0ffee-1","params":{"model":"m"}}]})";
  CHECK(body == golden);
  const api_request sent = api.create("00c0ffee", body);
  CHECK(sent.method == "POST");
  CHECK(sent.target == "/messages/batches");
  CHECK(sent.content_type == "application/json");
  CHECK(sent.body == golden);
  CHECK_FALSE(api.uploads());
  CHECK_FALSE(api.keeps_tags());
}

TEST_CASE("status, list and results are asked for by GET without a body") {
  const auto check = [](const api_request& sent, std::string_view target) {
    CHECK(sent.method == "GET");
    CHECK(sent.target == target);
    CHECK(sent.content_type.empty());
    CHECK(sent.body.empty());
  };
  check(api.status("msgbatch_01"), "/messages/batches/msgbatch_01");
  check(api.list(""), "/messages/batches?limit=100");
  check(api.list("/messages/batches?limit=100&after_id=b"),
        "/messages/batches?limit=100&after_id=b");
}

TEST_CASE("a status tells the id, the sum of the counts, the time and its own place of results") {
  const batch_status read = status_of(std::string(ended));
  CHECK(read.now == batch_status::phase::ended);
  CHECK(read.id == "msgbatch_01");
  CHECK(read.tag.empty());
  CHECK(read.requests == 100);
  CHECK(read.created == parse_rfc3339("2024-08-20T18:37:24.100435Z"));
  CHECK(read.results == std::vector<std::string>{"/messages/batches/msgbatch_01/results"});
}

TEST_CASE("every status of the API is a phase") {
  for (const char* name : {"in_progress", "canceling", "new"}) {
    CAPTURE(name);
    const batch_status read = status_of(
        fmt::format(R"({{"id":"b","processing_status":"{}","request_counts":{{"processing":7}},)"
                    R"("results_url":null}})",
                    name));
    CHECK(read.now == batch_status::phase::under_way);
    CHECK(read.requests == 7);
    CHECK(read.results.empty());
  }
  // Its results are kept for 29 days.
  CHECK(status_of(R"({"id":"b","processing_status":"ended","results_url":null})").results.empty());
}

TEST_CASE("a status without an id is none") {
  for (const char* id : {R"("")", "null", "7"}) {
    CAPTURE(id);
    const auto read = api.read_status(answer(fmt::format(R"({{"id":{}}})", id)));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == failure_kind::invalid_response);
  }
  CHECK(api.read_status(answer(R"({"type":"error","error":{"type":"overloaded_error"}})", 529))
            .error()
            .kind == failure_kind::overloaded);
}

TEST_CASE("a page of the list tells its batches and where the next page is") {
  const auto page = api.read_list(answer(fmt::format(
      R"({{"data":[{},{{"id":"msgbatch_00"}}],"has_more":true,"first_id":"x"}})", ended)));
  REQUIRE(page.has_value());
  REQUIRE(page->batches.size() == 2);
  CHECK(page->batches[0].id == "msgbatch_01");
  CHECK(page->next == "/messages/batches?limit=100&after_id=msgbatch_00");
  CHECK(page_of(R"({"data":[{"id":"b"}],"has_more":false})").next.empty());
}

TEST_CASE("a list that is none is no empty list") {
  for (const char* body : {"{}", "[]", R"({"data":null})", "nonsense"}) {
    CAPTURE(body);
    CHECK_FALSE(api.read_list(answer(body)).has_value());
  }
}

TEST_CASE("a message that succeeded is what the dialect makes of it") {
  const auto got = read(
      R"({"custom_id":"t-7","result":{"type":"succeeded","message":{"id":"msg_1","type":"message",)"
      R"("role":"assistant","model":"claude-x","content":[{"type":"text","text":"4 \"é\""}],)"
      R"("stop_reason":"end_turn","usage":{"input_tokens":11,"output_tokens":36}}}})");
  CHECK(got.custom_id == "t-7");
  REQUIRE(got.what.has_value());
  CHECK(got.what->text == "4 \"é\"");
  CHECK(got.what->model == "claude-x");
  CHECK(got.what->finish == finish::stop);
  CHECK(got.what->usage.input == 11);
  CHECK(got.what->usage.output == 36);
}

TEST_CASE("an error is the failure that it would be as a whole response") {
  struct {
    const char* type;
    int status;
    failure_kind kind;
  } const table[] = {
      {"invalid_request_error", 400, failure_kind::bad_request},
      {"authentication_error", 401, failure_kind::authentication},
      {"billing_error", 402, failure_kind::quota_exhausted},
      {"permission_error", 403, failure_kind::authentication},
      {"not_found_error", 404, failure_kind::not_found},
      {"request_too_large", 413, failure_kind::bad_request},
      {"rate_limit_error", 429, failure_kind::rate_limited},
      {"api_error", 500, failure_kind::server_error},
      {"timeout_error", 504, failure_kind::timeout},
      {"overloaded_error", 529, failure_kind::overloaded},
      {"never_heard_of", 500, failure_kind::server_error},
  };
  for (const auto& [type, status, kind] : table) {
    CAPTURE(type);
    const failure why = why_failed(fmt::format(
        R"({{"type":"errored","error":{{"type":"error","error":{{"type":"{}","message":)"
        R"("told so"}}}}}})",
        type));
    CHECK(why.kind == kind);
    CHECK(why.status == status);
    CHECK(why.message.starts_with("told so"));
  }
}

TEST_CASE("what expired or was canceled may be tried again") {
  for (const char* type : {"expired", "canceled"}) {
    const failure why = why_failed(fmt::format(R"({{"type":"{}"}})", type));
    CHECK(why.kind == failure_kind::timeout);
    CHECK(why.status == 0);
    CHECK(why.message == fmt::format("the batch ended without an answer: {}", type));
  }
}

TEST_CASE("an answer of no known type, or without what its type has, is a failed one") {
  for (const char* result :
       {R"({"type":"new"})", R"({"type":"succeeded"})", R"({"type":"errored"})", "null", "7",
        R"({"type":"succeeded","message":{}})"}) {
    CAPTURE(result);
    CHECK(why_failed(result).kind == failure_kind::invalid_response);
  }
}

TEST_CASE("a line that names no request is an error with its first bytes") {
  struct {
    const char* line;
    const char* message;
  } const table[] = {
      {"nonsense", "is not JSON: nonsense"},
      {R"({"result":{}})", R"(has no custom_id: {"result":{}})"},
      {R"({"custom_id":null})", R"(has no custom_id: {"custom_id":null})"},
  };
  for (const auto& [line, message] : table) {
    const auto got = api.read_answer(line);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::mismatch);
    CHECK(got.error().message == message);
  }
}

TEST_CASE("the limits are those of the API") {
  CHECK(api.limits().requests == 100'000);
  CHECK(api.limits().bytes == 256'000'000);
}
