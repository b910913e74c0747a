#include "providers/dialects/openai_batch.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "providers/dialects/registry.hpp"

using namespace retort::providers;
using retort::errc;
using retort::io::http_response;

namespace {

const batch_api& chat = *find_provider("openai")->batch;
const batch_api& responses = *find_provider("openai-responses")->batch;

http_response answer(std::string body, int status = 200) {
  http_response out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

batch_status status_of(std::string body) {
  auto read = chat.read_status(answer(std::move(body)));
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  return std::move(*read);
}

batch_status in_phase(std::string_view status) {
  return status_of(fmt::format(R"({{"id":"batch_1","status":"{}"}})", status));
}

batch_page page_of(std::string body) {
  auto read = chat.read_list(answer(std::move(body)));
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  return std::move(*read);
}

batch_answer read(std::string_view line, const batch_api& api = chat) {
  auto got = api.read_answer(line);
  REQUIRE_MESSAGE(got.has_value(), got.error().message);
  return std::move(*got);
}

failure why_failed(std::string_view line) {
  auto got = read(line);
  REQUIRE_FALSE(got.what.has_value());
  return got.what.error();
}

constexpr std::string_view under_way = R"({
  "id": "batch_abc", "object": "batch", "endpoint": "/v1/chat/completions", "errors": null,
  "input_file_id": "file-abc", "completion_window": "24h", "status": "in_progress",
  "output_file_id": null, "error_file_id": null, "created_at": 1711471533,
  "request_counts": {"total": 100, "completed": 95, "failed": 0},
  "metadata": {"retort": "00c0ffee", "other": "x"}})";

}  // namespace

TEST_CASE("the upload is a form with the purpose and a line per request") {
  std::string form;
  chat.begin("00c0ffee", form);
  chat.append("00c0ffee-0", R"({"model":"m","messages":[]})", form);
  chat.append("00c0ffee-1", R"({"model":"m"})", form);
  chat.end("00c0ffee", form);
  const std::string golden =
      "--retort-00c0ffee\r\n"
      "Content-Disposition: form-data; name=\"purpose\"\r\n"
      "\r\n"
      "batch\r\n"
      "--retort-00c0ffee\r\n"
      "Content-Disposition: form-data; name=\"file\"; filename=\"00c0ffee.jsonl\"\r\n"
      "Content-Type: application/jsonl\r\n"
      "\r\n"
      R"({"custom_id":"00c0ffee-0","method":"POST","url":"/v1/chat/completions",)"
      R"("body":{"model":"m","messages":[]}})"
      "\n"
      R"({"custom_id":"00c0ffee-1","method":"POST","url":"/v1/chat/completions",)"
      R"("body":{"model":"m"}})"
      "\n"
      "\r\n--retort-00c0ffee--\r\n";
  CHECK(form == golden);
  const api_request sent = chat.upload("00c0ffee", form);
  CHECK(sent.method == "POST");
  CHECK(sent.target == "/files");
  CHECK(sent.content_type == "multipart/form-data; boundary=retort-00c0ffee");
  CHECK(sent.body == golden);
  CHECK(chat.uploads());
}

TEST_CASE("a batch is created of the uploaded file, under its tag") {
  const auto uploaded = chat.read_upload(answer(R"({"id":"file-abc","object":"file"})"));
  REQUIRE(uploaded.has_value());
  CHECK(*uploaded == "file-abc");
  const api_request sent = chat.create("00c0ffee", *uploaded);
  CHECK(sent.method == "POST");
  CHECK(sent.target == "/batches");
  CHECK(sent.content_type == "application/json");
  CHECK(sent.body == R"({"input_file_id":"file-abc","endpoint":"/v1/chat/completions",)"
                     R"("completion_window":"24h","metadata":{"retort":"00c0ffee"}})");
  CHECK(chat.keeps_tags());
}

TEST_CASE("the Responses API has its own endpoint in the lines and in the batch") {
  std::string line;
  responses.append("t-0", "{}", line);
  CHECK(line ==
        "{\"custom_id\":\"t-0\",\"method\":\"POST\",\"url\":\"/v1/responses\","
        "\"body\":{}}\n");
  CHECK(responses.create("t", "f").body ==
        R"({"input_file_id":"f","endpoint":"/v1/responses","completion_window":"24h",)"
        R"("metadata":{"retort":"t"}})");
}

TEST_CASE("status, list and results are asked for by GET without a body") {
  const auto check = [](const api_request& sent, std::string_view target) {
    CHECK(sent.method == "GET");
    CHECK(sent.target == target);
    CHECK(sent.content_type.empty());
    CHECK(sent.body.empty());
  };
  check(chat.status("batch_abc"), "/batches/batch_abc");
  check(chat.list(""), "/batches?limit=100");
  check(chat.list("/batches?limit=100&after=b"), "/batches?limit=100&after=b");
}

TEST_CASE("an upload is good only with an id") {
  for (const char* body : {"{}", R"({"id":null})", R"({"id":7})", R"({"id":""})", "[]"}) {
    CAPTURE(body);
    const auto read = chat.read_upload(answer(body));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == failure_kind::invalid_response);
  }
  CHECK(chat.read_upload(answer("<html>")).error().kind == failure_kind::invalid_response);
  CHECK(chat.read_upload(answer(R"({"error":{"message":"no"}})", 401)).error().kind ==
        failure_kind::authentication);
}

TEST_CASE("a status tells the id, the tag, the count, the time") {
  const batch_status read = status_of(std::string(under_way));
  CHECK(read.now == batch_status::phase::under_way);
  CHECK(read.id == "batch_abc");
  CHECK(read.tag == "00c0ffee");
  CHECK(read.requests == 100);
  CHECK(read.created.time_since_epoch() == std::chrono::seconds(1711471533));
  CHECK(read.results.empty());
  CHECK_FALSE(read.why.has_value());
}

TEST_CASE("every status of the API is a phase") {
  using enum batch_status::phase;
  for (const char* name : {"validating", "in_progress", "finalizing", "cancelling", "new"}) {
    CAPTURE(name);
    CHECK(in_phase(name).now == batch_status::phase::under_way);
  }
  for (const char* name : {"completed", "expired", "cancelled"}) {
    CAPTURE(name);
    CHECK(in_phase(name).now == ended);
  }
  CHECK(in_phase("failed").now == refused);
}

TEST_CASE("both files are results, whatever the batch ended as") {
  for (const char* name : {"completed", "expired", "cancelled"}) {
    CAPTURE(name);
    const auto read = status_of(fmt::format(
        R"({{"id":"b","status":"{}","output_file_id":"file-o","error_file_id":"file-e"}})", name));
    CHECK(read.results ==
          std::vector<std::string>{"/files/file-o/content", "/files/file-e/content"});
  }
  CHECK(status_of(R"({"id":"b","status":"completed","error_file_id":"e"})").results ==
        std::vector<std::string>{"/files/e/content"});
}

TEST_CASE("completed, and its answers not there yet: it is still under way") {
  using enum batch_status::phase;
  const auto with = [](const char* counts, const char* file) {
    return status_of(fmt::format(R"({{"id":"b","status":"completed","request_counts":{},{}}})",
                                 counts, file))
        .now;
  };
  CHECK(with(R"({"total":3,"completed":3,"failed":0})", R"("output_file_id":null)") == under_way);
  CHECK(with(R"({"total":3,"completed":2,"failed":1})", R"("error_file_id":"e")") == under_way);
  CHECK(with(R"({"total":3,"completed":3,"failed":0})", R"("output_file_id":"o")") == ended);
  CHECK(with(R"({"total":3,"completed":0,"failed":3})", R"("error_file_id":"e")") == ended);
}

TEST_CASE("who cancels a batch does not want the rest of it") {
  CHECK(in_phase("cancelled").cancelled);
  CHECK_FALSE(in_phase("expired").cancelled);
  CHECK_FALSE(in_phase("cancelling").cancelled);
}

TEST_CASE("counts, tags and times that are not told are none") {
  const batch_status read =
      status_of(R"({"id":"b","status":"validating","request_counts":{"total":0}})");
  CHECK(read.requests == -1);
  CHECK(read.tag.empty());
  CHECK(read.created == std::chrono::system_clock::time_point());
  CHECK(status_of(R"({"id":"b","metadata":null})").tag.empty());
}

TEST_CASE("a status without an id is none") {
  for (const char* id : {R"("")", "null", "7"}) {
    CAPTURE(id);
    const auto read = chat.read_status(answer(fmt::format(R"({{"id":{},"status":"failed"}})", id)));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == failure_kind::invalid_response);
  }
}

TEST_CASE("a failed batch says why: want of room passes, the rest does not") {
  const auto why = [](std::string_view data) {
    return *status_of(
                fmt::format(
                    R"({{"id":"b","status":"failed","errors":{{"object":"list","data":{}}}}})",
                    data))
                .why;
  };
  const failure room = why(R"([{"code":"token_limit_exceeded","message":"Enqueued token limit"}])");
  CHECK(room.kind == failure_kind::rate_limited);
  CHECK(room.status == 0);
  CHECK(room.message == "Enqueued token limit (token_limit_exceeded)");
  const failure bad = why(R"([{"code":"invalid_json_line","message":"Not JSON.","line":3},)"
                          R"({"code":"token_limit_exceeded","message":"second"}])");
  CHECK(bad.kind == failure_kind::bad_request);
  CHECK(bad.message == "Not JSON. (line 3) (invalid_json_line)");
  CHECK(why("[]").kind == failure_kind::bad_request);
  CHECK(why("[]").message == "no reason was given");
}

TEST_CASE("a page of the list tells its batches and where the next page is") {
  const auto page = chat.read_list(answer(fmt::format(
      R"({{"object":"list","data":[{},{{"id":"batch_old","status":"failed"}}],"has_more":true}})",
      under_way)));
  REQUIRE(page.has_value());
  REQUIRE(page->batches.size() == 2);
  CHECK(page->batches[0].tag == "00c0ffee");
  CHECK(page->batches[1].now == batch_status::phase::refused);
  CHECK(page->next == "/batches?limit=100&after=batch_old");
  const auto last = chat.read_list(answer(R"({"data":[{"id":"b"}],"has_more":false})"));
  CHECK(last->next.empty());
  CHECK(page_of(R"({"data":[],"has_more":true})").next.empty());
}

TEST_CASE("a list that is none is no empty list") {
  for (const char* body : {"{}", "[]", R"({"data":null})", "nonsense"}) {
    CAPTURE(body);
    CHECK_FALSE(chat.read_list(answer(body)).has_value());
  }
}

TEST_CASE("an answer is what the dialect makes of the response's body") {
  const auto got = read(
      R"({"id":"batch_req_1","custom_id":"t-7","response":{"status_code":200,"request_id":"r-1",)"
      R"("body":{"model":"m-1","choices":[{"message":{"content":"4 \"é\""},"finish_reason":)"
      R"("stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2}}},"error":null})");
  CHECK(got.custom_id == "t-7");
  REQUIRE(got.what.has_value());
  CHECK(got.what->text == "4 \"é\"");
  CHECK(got.what->model == "m-1");
  CHECK(got.what->request_id == "r-1");
  CHECK(got.what->usage.input == 5);
  CHECK(got.what->usage.output == 2);
}

TEST_CASE("an answer of the Responses API is read as one") {
  const auto got =
      read(R"({"custom_id":"t-0","response":{"status_code":200,"body":{"status":"completed",)"
           R"("output":[{"type":"message","content":[{"type":"output_text","text":"4"}]}]}}})",
           responses);
  REQUIRE(got.what.has_value());
  CHECK(got.what->text == "4");
}

TEST_CASE("a response that is an error is the failure of its status") {
  struct {
    int status;
    const char* code;
    failure_kind kind;
  } const table[] = {
      {400, "context_length_exceeded", failure_kind::bad_request},
      {401, "invalid_api_key", failure_kind::authentication},
      {404, "model_not_found", failure_kind::not_found},
      {429, "rate_limit_exceeded", failure_kind::rate_limited},
      {429, "insufficient_quota", failure_kind::quota_exhausted},
      {500, "server_error", failure_kind::server_error},
      {503, "", failure_kind::overloaded},
  };
  for (const auto& [status, code, kind] : table) {
    CAPTURE(status);
    const failure why = why_failed(fmt::format(
        R"({{"custom_id":"t-0","response":{{"status_code":{},"body":{{"error":{{"message":)"
        R"("told so","code":"{}"}}}}}},"error":null}})",
        status, code));
    CHECK(why.kind == kind);
    CHECK(why.status == status);
    CHECK(why.message.starts_with("told so"));
  }
}

TEST_CASE("what got no response may be tried again") {
  struct {
    const char* error;
    failure_kind kind;
    const char* message;
  } const table[] = {
      {R"({"code":"batch_expired","message":"too late"})", failure_kind::timeout,
       "too late (batch_expired)"},
      {R"({"code":"batch_cancelled","message":"stopped"})", failure_kind::timeout,
       "stopped (batch_cancelled)"},
      {R"({"code":"fell_over","message":"oops\nand more"})", failure_kind::server_error,
       "oops and more (fell_over)"},
      {"null", failure_kind::server_error, "no response, and no reason for it"},
  };
  for (const auto& [error, kind, message] : table) {
    const failure why =
        why_failed(fmt::format(R"({{"custom_id":"t-0","response":null,"error":{}}})", error));
    CHECK(why.kind == kind);
    CHECK(why.status == 0);
    CHECK(why.message == message);
  }
}

TEST_CASE("a response that the dialect does not allow is a failed answer") {
  for (const char* response : {R"({"status_code":200,"body":{}})",
                               R"({"status_code":200,)"
                               R"("body":null})",
                               R"({"body":{}})"}) {
    CAPTURE(response);
    CHECK(is_transient(
        why_failed(fmt::format(R"({{"custom_id":"t-0","response":{}}})", response)).kind));
  }
}

TEST_CASE("a line that names no request is an error with its first bytes") {
  struct {
    const char* line;
    const char* message;
  } const table[] = {
      {"nonsense", "is not JSON: nonsense"},
      {R"({"custom_id":)", R"(is not JSON: {"custom_id":)"},
      {R"({"id":"x"})", R"(has no custom_id: {"id":"x"})"},
      {R"({"custom_id":7})", R"(has no custom_id: {"custom_id":7})"},
  };
  for (const auto& [line, message] : table) {
    const auto got = chat.read_answer(line);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::mismatch);
    CHECK(got.error().message == message);
  }
}

TEST_CASE("the limits are those of the API") {
  CHECK(chat.limits().requests == 50'000);
  CHECK(chat.limits().bytes == 200'000'000);
}
