#include "tools/mock/batches/batch_openai.hpp"

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

std::string status_of(batch_rig& rig, const std::string& id) {
  return text_at(rig.get("/v1/batches/" + id).body, "/status");
}

// The file that the batch names, "" when it names none.
std::string file_of(batch_rig& rig, const std::string& id, const std::string& which) {
  const std::string file = text_at(rig.get("/v1/batches/" + id).body, "/" + which);
  if (file.empty()) return "";
  const batch_reply reply = rig.get("/v1/files/" + file + "/content");
  CHECK(reply.status == 200);
  return reply.body;
}

std::string creation(std::string_view file, std::string_view more = "") {
  return fmt::format(
      R"({{"input_file_id":"{}","endpoint":"/v1/chat/completions","completion_window":"24h"{}}})",
      file, more);
}

std::string counts_of(batch_rig& rig, const std::string& id) {
  return at(rig.get("/v1/batches/" + id).body, "/request_counts");
}

void check_refusal(const batch_reply& reply, int status, std::string_view param) {
  CHECK(reply.status == status);
  CHECK(text_at(reply.body, "/error/type") == "invalid_request_error");
  CHECK(text_at(reply.body, "/error/param") == param);
  CHECK(text_at(reply.body, "/error/message") != "");
}

}  // namespace

TEST_CASE("a file can be uploaded, described and read back") {
  batch_rig rig;
  const std::string content = "{\"a\": 1}\n--XyZ \r\n";
  const batch_reply uploaded = rig.post("/v1/files", upload_form("batch", "in.jsonl", content));
  CHECK(uploaded.status == 200);
  CHECK(uploaded.body == R"({"id":"file-mock1","object":"file","bytes":17,"created_at":1800000000,)"
                         R"("filename":"in.jsonl","purpose":"batch","status":"processed"})");
  CHECK(rig.get("/v1/files/file-mock1").body == uploaded.body);
  CHECK(rig.get("/v1/files/file-mock1/content").body == content);
  CHECK(rig.tally.snapshot().files == 1);
}

TEST_CASE("an upload that is not one is refused") {
  batch_rig rig;
  check_refusal(rig.post("/v1/files", "{}"), 400, "");
  check_refusal(rig.post("/v1/files", upload_form("batches", "a.jsonl", "")), 400, "purpose");
  check_refusal(rig.post("/v1/files", upload_form("batch", "a.json", "")), 400, "file");
  check_refusal(rig.post("/v1/files",
                         "--XyZ\r\ncontent-disposition: form-data; name=purpose\r\n\r\n"
                         "batch\r\n--XyZ--"),
                400, "file");
  check_refusal(rig.post("/v1/files", "--XyZ--"), 400, "purpose");
  check_refusal(rig.get("/v1/files/file-mock9"), 404, "");
  CHECK(rig.tally.snapshot().files == 0);
}

TEST_CASE("a batch goes its way, and its answers come in another order") {
  batch_rig rig(taking(10));
  const std::string id = rig.openai_batch(batch_lines(8));
  CHECK(id == "batch_mock1");
  CHECK(status_of(rig, id) == "validating");
  CHECK(counts_of(rig, id) == R"({"total":0,"completed":0,"failed":0})");
  rig.now += 1s;
  CHECK(status_of(rig, id) == "in_progress");
  rig.now += 4s;
  CHECK(counts_of(rig, id) == R"({"total":8,"completed":4,"failed":0})");
  rig.now += 4s;
  CHECK(status_of(rig, id) == "finalizing");
  CHECK(at(rig.get("/v1/batches/" + id).body, "/output_file_id") == "null");
  CHECK(rig.tally.snapshot().batch_answers == 0);
  rig.now += 1s;
  CHECK(status_of(rig, id) == "completed");
  CHECK(counts_of(rig, id) == R"({"total":8,"completed":8,"failed":0})");
  const std::string output = file_of(rig, id, "output_file_id");
  std::vector<std::string> ids = of_lines(output, "/custom_id");
  CHECK_FALSE(std::is_sorted(ids.begin(), ids.end()));
  std::sort(ids.begin(), ids.end());
  CHECK(ids.size() == 8);
  CHECK(std::unique(ids.begin(), ids.end()) == ids.end());
  CHECK(at(rig.get("/v1/batches/" + id).body, "/error_file_id") == "null");
  CHECK(rig.tally.snapshot().batch_answers == 8);
  CHECK(rig.tally.snapshot().batch_lines == 8);
}

TEST_CASE("each line's body gets the answer of its path") {
  batch_rig rig(taking(0));
  const std::string id = rig.openai_batch({batch_line("x", 7)});
  CHECK(status_of(rig, id) == "completed");
  REQUIRE(rig.asked.size() == 1);
  CHECK(rig.asked[0].first == "/v1/chat/completions");
  CHECK(rig.asked[0].second == R"({"model":"m","n":7})");
  CHECK(file_of(rig, id, "output_file_id") ==
        R"({"id":"batch_req_mock1_1","custom_id":"x","response":{"status_code":200,)"
        R"("request_id":"req_mock1_1","body":{"echo":{"model":"m","n":7}}},"error":null})"
        "\n");
}

TEST_CASE("a batch says when it did what") {
  batch_rig rig(taking(10));
  const std::string id = rig.openai_batch(batch_lines(1));
  rig.now += 10s;
  const std::string body = rig.get("/v1/batches/" + id).body;
  CHECK(at(body, "/created_at") == "1800000000");
  CHECK(at(body, "/in_progress_at") == "1800000001");
  CHECK(at(body, "/finalizing_at") == "1800000009");
  CHECK(at(body, "/completed_at") == "1800000010");
  CHECK(at(body, "/expires_at") == "1800086400");
  for (const char* const never : {"/failed_at", "/expired_at", "/cancelling_at", "/cancelled_at"}) {
    CHECK(at(body, never) == "null");
  }
}

TEST_CASE("lines that the server breaks or refuses are in the error file") {
  options chosen = taking(0);
  chosen.batch_errored = 0.5;
  batch_rig rig(chosen);
  const std::string id = rig.openai_batch(batch_lines(40));
  const std::string errors = file_of(rig, id, "error_file_id");
  const auto statuses = of_lines(errors, "/response/status_code");
  CHECK(std::count(statuses.begin(), statuses.end(), "500") ==
        static_cast<std::ptrdiff_t>(statuses.size()));
  CHECK(of_lines(errors, "/response/body/error/type").front() == R"("server_error")");
  CHECK(statuses.size() > 10);
  CHECK(of_lines(file_of(rig, id, "output_file_id"), "/id").size() == 40 - statuses.size());
  CHECK(status_of(rig, id) == "completed");
  CHECK(counts_of(rig, id) == fmt::format(R"({{"total":40,"completed":{},"failed":{}}})",
                                          40 - statuses.size(), statuses.size()));

  rig.status = 400;
  const std::string refused = file_of(rig, rig.openai_batch(batch_lines(40)), "error_file_id");
  CHECK(of_lines(refused, "/id").size() == 40);
}

TEST_CASE("lines that expire are in the error file without a response") {
  options chosen = taking(0);
  chosen.batch_expired = 0.5;
  batch_rig rig(chosen);
  const std::string id = rig.openai_batch(batch_lines(40));
  CHECK(status_of(rig, id) == "expired");
  CHECK(at(rig.get("/v1/batches/" + id).body, "/expired_at") == "1800000000");
  CHECK(at(rig.get("/v1/batches/" + id).body, "/completed_at") == "null");
  const std::string errors = file_of(rig, id, "error_file_id");
  CHECK(of_lines(errors, "/error/code").front() == R"("batch_expired")");
  CHECK(of_lines(errors, "/response").front() == "null");
  const std::size_t expired = of_lines(errors, "/id").size();
  CHECK(expired > 10);
  CHECK(of_lines(file_of(rig, id, "output_file_id"), "/id").size() == 40 - expired);
}

TEST_CASE("a bad file makes the batch fail, once it has been looked at") {
  batch_rig rig(taking(10));
  const std::string id = rig.openai_batch({batch_line("a"), "{", batch_line("a")});
  CHECK(status_of(rig, id) == "validating");
  CHECK(at(rig.get("/v1/batches/" + id).body, "/errors") == "null");
  rig.now += 1s;
  const std::string body = rig.get("/v1/batches/" + id).body;
  CHECK(text_at(body, "/status") == "failed");
  CHECK(at(body, "/failed_at") == "1800000001");
  CHECK(text_at(body, "/errors/data/0/code") == "invalid_json_line");
  CHECK(at(body, "/errors/data/0/line") == "2");
  CHECK(text_at(body, "/errors/data/1/code") == "duplicate_custom_id");
  CHECK(text_at(body, "/errors/data/1/param") == "custom_id");
  rig.now += 1h;
  CHECK(status_of(rig, id) == "failed");
  CHECK(rig.tally.snapshot().batches == 1);
  CHECK(rig.tally.snapshot().batch_lines == 0);
}

TEST_CASE("batches are refused as a whole when asked to, and taken when sent again") {
  options chosen = taking(0);
  chosen.batch_failed = 0.5;
  batch_rig rig(chosen);
  int failed = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string id = rig.openai_batch(batch_lines(1));
    const std::string body = rig.get("/v1/batches/" + id).body;
    if (text_at(body, "/status") == "completed") continue;
    ++failed;
    CHECK(text_at(body, "/errors/data/0/code") == "token_limit_exceeded");
    CHECK(text_at(body, "/errors/data/0/message").starts_with("Enqueued token limit reached"));
    CHECK(at(body, "/errors/data/0/line") == "null");
  }
  CHECK(failed > 10);
  CHECK(failed < 30);
}

TEST_CASE("a creation that cannot be is refused at once") {
  batch_rig rig;
  rig.post("/v1/files", upload_form("batch", "a.jsonl", batch_line("a")));
  rig.post("/v1/files", upload_form("evals", "a.jsonl", batch_line("a")));
  check_refusal(rig.post("/v1/batches", "["), 400, "");
  check_refusal(rig.post("/v1/batches", "{}"), 400, "input_file_id");
  check_refusal(rig.post("/v1/batches", creation("file-mock9")), 400, "input_file_id");
  check_refusal(rig.post("/v1/batches", creation("file-mock2")), 400, "input_file_id");
  check_refusal(rig.post("/v1/batches", R"({"input_file_id":"file-mock1","endpoint":"/v1/x"})"),
                400, "endpoint");
  check_refusal(rig.post("/v1/batches", R"({"input_file_id":"file-mock1",)"
                                        R"("endpoint":"/v1/responses","completion_window":"1h"})"),
                400, "completion_window");
  check_refusal(rig.post("/v1/batches", creation("file-mock1", R"(,"metadata":{"a":1})")), 400,
                "metadata");
  check_refusal(rig.get("/v1/batches/batch_mock1"), 404, "");
  check_refusal(rig.post("/v1/batches/batch_mock1/cancel"), 404, "");
  CHECK(rig.tally.snapshot().batches == 0);
}

TEST_CASE("batches are listed newest first, page by page, with their metadata") {
  batch_rig rig;
  CHECK(rig.get("/v1/batches").body ==
        R"({"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false})");
  rig.post("/v1/files", upload_form("batch", "a.jsonl", batch_line("a")));
  for (int i = 1; i <= 3; ++i) {
    const std::string metadata = fmt::format(R"(,"metadata":{{"run":"r","part":"{}"}})", i);
    CHECK(rig.post("/v1/batches", creation("file-mock1", metadata)).status == 200);
  }
  const std::string first = rig.get("/v1/batches?limit=2").body;
  CHECK(text_at(first, "/first_id") == "batch_mock3");
  CHECK(text_at(first, "/last_id") == "batch_mock2");
  CHECK(at(first, "/has_more") == "true");
  CHECK(at(first, "/data/0/metadata") == R"({"run":"r","part":"3"})");
  const std::string second = rig.get("/v1/batches?limit=2&after=batch_mock2").body;
  CHECK(text_at(second, "/first_id") == "batch_mock1");
  CHECK(at(second, "/has_more") == "false");
  check_refusal(rig.get("/v1/batches?limit=101"), 400, "limit");
  check_refusal(rig.get("/v1/batches?after=x"), 400, "after");
}

TEST_CASE("a cancelled batch keeps what was finished") {
  batch_rig rig(taking(10));
  const std::string id = rig.openai_batch(batch_lines(8));
  rig.now += 5s;
  CHECK(text_at(rig.post("/v1/batches/" + id + "/cancel").body, "/status") == "cancelling");
  CHECK(text_at(rig.post("/v1/batches/" + id + "/cancel").body, "/status") == "cancelling");
  rig.now += 1s;
  CHECK(status_of(rig, id) == "cancelled");
  CHECK(counts_of(rig, id) == R"({"total":8,"completed":4,"failed":0})");
  CHECK(of_lines(file_of(rig, id, "output_file_id"), "/id").size() == 4);
  CHECK(rig.tally.snapshot().batch_answers == 4);
  check_refusal(rig.post("/v1/batches/" + id + "/cancel"), 409, "");
}
