#include "tools/mock/batches/batch_desk.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "tests/tools/mock/batches/batch_rig.hpp"
#include "tests/tools/mock/client.hpp"

using namespace std::chrono_literals;
using namespace retort::mock;
using namespace retort::test;

namespace {

options at_once() {
  options chosen;
  chosen.batch_s = 0;
  return chosen;
}

request with(std::string_view target, std::string_view header, std::string_view value) {
  return {"GET", target, {{header, value}}, "", true};
}

wire_response upload(mock_client& client, std::string_view content) {
  return client.post(upload_form("batch", "in.jsonl", content),
                     "content-type: multipart/form-data; boundary=XyZ\r\n", "/v1/files");
}

}  // namespace

TEST_CASE("each API has its own key header and its own error") {
  batch_rig rig({}, "k");
  CHECK(rig.serve(with("/v1/batches", "authorization", "Bearer k")).status == 200);
  CHECK(rig.serve(with("/openai/v1/batches", "api-key", "k")).status == 200);
  CHECK(rig.serve(with("/v1/messages/batches", "x-api-key", "k")).status == 200);
  const batch_reply openai = rig.serve(with("/v1/files/x", "x-api-key", "k"));
  CHECK(openai.status == 401);
  CHECK(text_at(openai.body, "/error/code") == "invalid_api_key");
  CHECK(rig.serve(with("/v1/messages/batches", "authorization", "Bearer k")).status == 200);
  const batch_reply anthropic = rig.serve(with("/v1/messages/batches", "api-key", "k"));
  CHECK(anthropic.status == 401);
  CHECK(text_at(anthropic.body, "/error/type") == "authentication_error");
}

TEST_CASE("message batches want to know the version that is spoken") {
  options chosen;
  tally counted;
  batch_desk desk(chosen, "", nullptr, counted);
  const auto reply = desk.serve(with("/v1/messages/batches", "host", "mock"), {});
  REQUIRE(reply.has_value());
  CHECK(reply->status == 400);
  CHECK(text_at(reply->body, "/error/message") == "anthropic-version: header is required");
}

TEST_CASE("a body that was answered in an earlier batch is a double, one within a batch is not") {
  batch_rig rig(at_once());
  rig.openai_batch({batch_line("a", 1), batch_line("b", 1), batch_line("c", 2)});
  CHECK(rig.tally.snapshot().batch_answers == 3);
  CHECK(rig.tally.snapshot().batch_doubled == 0);
  rig.openai_batch({batch_line("a", 2), batch_line("b", 3)});
  CHECK(rig.tally.snapshot().batch_answers == 5);
  CHECK(rig.tally.snapshot().batch_doubled == 1);
}

TEST_CASE("what was not answered can be sent again without being a double") {
  options chosen = at_once();
  chosen.batch_errored = 1;
  batch_rig rig(chosen);
  rig.openai_batch(batch_lines(3));
  rig.openai_batch(batch_lines(3));
  CHECK(rig.tally.snapshot().batch_lines == 6);
  CHECK(rig.tally.snapshot().batch_answers == 0);
  CHECK(rig.tally.snapshot().batch_doubled == 0);
}

TEST_CASE("a batch that nobody asks about is counted when anybody asks anything") {
  batch_rig rig;
  rig.openai_batch(batch_lines(3));
  rig.anthropic_batch({"a"});
  rig.now += 1s;
  CHECK(rig.tally.snapshot().batch_answers == 0);
  rig.get("/v1/files/none");
  CHECK(rig.tally.snapshot().batch_answers == 4);
}

TEST_CASE("a batch over the wire, from the upload to the answers") {
  const auto server = start_mock(at_once());
  mock_client client(*server);
  const std::string line =
      fmt::format(R"({{"custom_id":"q1","method":"POST","url":"/v1/chat/completions","body":{}}})",
                  chat_body("What is 5 + 3?"));
  const auto uploaded = upload(client, line);
  CHECK(uploaded.status == 200);
  const std::string wanted = fmt::format(
      R"({{"input_file_id":"{}","endpoint":"/v1/chat/completions","completion_window":"24h"}})",
      text_at(uploaded.body, "/id"));
  const auto created = client.post(wanted, "", "/v1/batches");
  CHECK(text_at(created.body, "/status") == "completed");
  const auto output =
      client.get("/v1/files/" + text_at(created.body, "/output_file_id") + "/content");
  CHECK(answer_in(at(output.body, "/response/body")) == R"({"answer": "8"})");
  CHECK(at(client.get("/counters").body, "/batch_answers") == "1");
  CHECK(server->snapshot().requests == 0);
}

TEST_CASE("a message batch over the wire says where its results are") {
  const auto server = start_plain(at_once());
  mock_client client(*server);
  const std::string headers = "anthropic-version: 2023-06-01\r\n";
  const auto created =
      client.post(R"({"requests":[{"custom_id":"a","params":{"model":"m","max_tokens":9,)"
                  R"("messages":[{"role":"user","content":"What is 5 + 3?"}]}}]})",
                  headers, "/v1/messages/batches");
  CHECK(created.status == 200);
  CHECK(text_at(created.body, "/results_url") ==
        "http://mock/v1/messages/batches/msgbatch_mock1/results");
  const auto results =
      client.exchange("GET /v1/messages/batches/msgbatch_mock1/results HTTP/1.1\r\nhost: mock\r\n" +
                      headers + "\r\n");
  CHECK(text_at(results.body, "/result/message/content/0/text") == R"({\"answer\": \"8\"})");
  CHECK(server->snapshot().batch_answers == 1);
}

TEST_CASE("an upload may be as large as a batch may be") {
  const auto server = start_plain();
  mock_client client(*server);
  const std::string content(std::size_t{80} << 20, 'x');
  const auto uploaded = upload(client, content);
  CHECK(uploaded.status == 200);
  CHECK(at(uploaded.body, "/bytes") == std::to_string(content.size()));
}

TEST_CASE("the key of the environment holds for batches too") {
  setenv("RETORT_TEST_BATCH_KEY", "k", 1);
  options chosen;
  chosen.api_key_env = "RETORT_TEST_BATCH_KEY";
  const auto server = start_plain(chosen);
  mock_client client(*server);
  CHECK(client.get("/v1/batches").status == 401);
  CHECK(client.exchange("GET /v1/batches HTTP/1.1\r\nauthorization: Bearer k\r\n\r\n").status ==
        200);
  CHECK(client
            .exchange("GET /v1/messages/batches HTTP/1.1\r\nx-api-key: k\r\n"
                      "anthropic-version: 2023-06-01\r\n\r\n")
            .status == 200);
}
