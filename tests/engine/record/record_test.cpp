#include "engine/record/record.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/support/record_rig.hpp"

using namespace retort;
using namespace retort::engine;
using providers::failure_kind;
using test::completion_answer;
using test::error_answer;
using test::http_answer;
using test::http_request;
using test::in_turn;
using test::key;
using test::question_row;
using test::question_rows;
using rig = test::record_rig;

namespace {

constexpr const char* in_an_hour = "Retry-After: 3600\r\n";

// What the peer is asked for: question_row(n) asks "What is n + 1?".
std::uint64_t question_in(const http_request& asked) {
  const std::string_view start = "What is ";
  return std::stoull(asked.body.substr(asked.body.find(start) + start.size()));
}

std::string right_answer(const http_request& asked) {
  return completion_answer(fmt::format("It is {}", question_in(asked) + 1));
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a record goes from its row to its line in the ledger") {
  rig all(right_answer);
  all.settings.sampling.temperature = 0.5;
  const auto samples = all.finish(question_row(7) + '\n');
  REQUIRE(all.peer.requests().size() == 1);
  CHECK(holds(all.peer.requests()[0].head, "Authorization: Bearer " + key + "\r\n"));
  CHECK(
      all.peer.requests()[0].body ==
      R"({"model":"m","messages":[{"role":"user","content":"What is 7 + 1?"}],"temperature":0.5})");

  REQUIRE(samples.size() == 1);
  const sample& one = samples[0];
  CHECK(one.key.ordinal == 0);
  CHECK(one.row_hash == hash_row(question_row(7)));
  CHECK(one.id == "q7");
  REQUIRE(one.messages.size() == 1);
  CHECK(one.messages[0].content == "What is 7 + 1?");
  CHECK(one.reference == "8");
  CHECK(one.completion.text == "It is 8");
  CHECK(one.completion.model == "m-2024");
  CHECK(one.verdict() == verdict::accepted);
  CHECK(one.judge == all.run().assess.fingerprint());
  CHECK(one.attempts == 1);
  CHECK(one.finished_at_ms > 1'700'000'000'000);
  CHECK(one.latency_us > 0);
}

TEST_CASE("every record is carried, under every variant, and counted by its verdict") {
  rig all([](const http_request& asked) -> std::optional<std::string> {
    const auto n = question_in(asked);
    if (n == 3) return error_answer(400, "");
    return completion_answer(n == 2 ? "no idea" : fmt::format("{}", n + 1));
  });
  all.settings.models.resize(2, all.settings.models[0]);
  all.settings.models[1].model = "n";
  const auto samples = all.finish(question_rows(0, 5));
  CHECK(samples.size() == 10);
  CHECK(all.counts().accepted == 6);
  CHECK(all.counts().rejected == 2);
  CHECK(all.counts().failed == 2);
  CHECK(all.counts().requests == 10);
  CHECK(all.counts().retries == 0);
  CHECK(all.counts().input_tokens == 8 * 5);
  CHECK(all.counts().output_tokens == 8 * 3);
  CHECK_FALSE(all.run().cut_short);
  for (const auto& model : {"\"m\"", "\"n\""}) {
    const auto of_model = [&](const http_request& asked) { return holds(asked.body, model); };
    CHECK(std::count_if(all.peer.requests().begin(), all.peer.requests().end(), of_model) == 5);
  }
}

TEST_CASE("no more requests are in flight than the endpoint has places") {
  rig all([](const http_request&) { return std::nullopt; });
  all.settings.models[0].limits.concurrency = 3;
  all.start(question_rows(0, 10));
  all.until([&] { return all.peer.requests().size() == 3; });
  CHECK(all.run().gates[0]->in_flight() == 3);
  CHECK(all.counts().requests == 3);
  all.run().gates[0]->endpoints()[0]->client->stop();  // the peer would never answer
  all.stop(exit_status::stopped, "");
  CHECK(all.finish().empty());
}

TEST_CASE("what is settled is not asked again, variant by variant") {
  rig all(right_answer);
  all.settings.models.resize(2, all.settings.models[0]);
  all.settled = {{0, 0, 0}, {0, 1, 0}, {1, 1, 0}};
  const auto samples = all.finish(question_rows(0, 3));
  REQUIRE(samples.size() == 3);
  std::set<std::pair<std::uint64_t, std::uint32_t>> keys;
  for (const auto& one : samples) keys.emplace(one.key.ordinal, one.key.variant);
  CHECK(keys == std::set<std::pair<std::uint64_t, std::uint32_t>>{{1, 0}, {2, 0}, {2, 1}});
}

TEST_CASE("a failure that may pass is tried again, and only the last word is written") {
  const std::string temporary[] = {error_answer(429, "rate_limit_exceeded"),
                                   error_answer(500, ""),
                                   error_answer(503, ""),
                                   http_answer(200, "no JSON"),
                                   http_answer(200, ""),
                                   "HTTP/1.1 what\r\n\r\n"};
  for (const std::string& failing : temporary) {
    CAPTURE(failing);
    rig all(in_turn({failing, failing, completion_answer("1")}));
    all.start(question_rows(0, 1));
    for (std::uint64_t retries = 0; retries < 2; ++retries) {
      all.until([&] { return all.counts().backing_off == 1 && all.counts().retries == retries; });
      all.wake();
    }
    const auto samples = all.finish();
    REQUIRE(samples.size() == 1);
    CHECK(samples[0].verdict() == verdict::accepted);
    CHECK(samples[0].attempts == 3);
    CHECK(all.counts().requests == 3);
    CHECK(all.counts().retries == 2);
    CHECK(all.counts().failed == 0);
  }
}

TEST_CASE("a sample that backs off holds no place: fresh work goes on beside it") {
  bool away = true;
  rig all([&away](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) == 0 && away) return error_answer(429, "", in_an_hour);
    return right_answer(asked);
  });
  all.start(question_rows(0, 5));
  all.until([&] { return all.counts().accepted == 4; });
  CHECK(all.counts().backing_off == 1);
  CHECK(all.run().gates[0]->in_flight() == 0);
  away = false;
  all.wake();
  const auto samples = all.finish();
  REQUIRE(samples.size() == 5);
  CHECK(samples.back().key.ordinal == 0);
  CHECK(samples.back().attempts == 2);
}

TEST_CASE("after its last attempt a sample has failed, and is open to a resume") {
  rig all(in_turn({error_answer(500, "")}));
  all.settings.attempts = 2;
  all.start(question_rows(0, 1));
  all.until([&] { return all.counts().backing_off == 1; });
  all.wake();
  const auto samples = all.finish();
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].is_open());
  CHECK(samples[0].attempts == 2);
  CHECK(samples[0].failure->kind == failure_kind::server_error);
  CHECK(samples[0].failure->status == 500);
  CHECK(samples[0].failure->message == "told so");
  CHECK(all.counts().failed == 1);
  CHECK_FALSE(all.status.has_value());
}

TEST_CASE("a failure that is the request's own is not tried again, and the run goes on") {
  rig all([](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) == 0) return error_answer(400, "");
    if (question_in(asked) == 1) return error_answer(400, "content_filter");
    return right_answer(asked);
  });
  const auto samples = all.finish(question_rows(0, 3));
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].failure->kind == failure_kind::content_filter);
  CHECK(samples[1].failure->kind == failure_kind::bad_request);  // known once others are answered
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(samples[i].is_open());
    CHECK(samples[i].attempts == 1);
  }
  CHECK(samples[2].verdict() == verdict::accepted);
}

TEST_CASE("what a handful of samples met alike, and nobody else was answered, settles nothing") {
  struct {
    const char* what;
    std::string answer;
    exit_status status;  // where nobody was ever answered
  } const table[] = {
      {"in words of no list", error_answer(400, ""), exit_status::bad_input},
      {"a page", http_answer(200, "<html>Welcome</html>"), exit_status::bad_input},
      {"another page", http_answer(400, "<html>400</html>"), exit_status::bad_input},
  };
  for (const auto& [what, answer, status] : table) {
    CAPTURE(what);
    rig all(in_turn({answer}));
    all.settings.models[0].limits.concurrency = 4;
    CHECK(all.finish(question_rows(0, 100)).empty());
    CHECK(all.status == status);
    CHECK(all.peer.requests().size() < 10);
    CHECK(all.run().cut_short);
  }
}

TEST_CASE("what begins in the middle of a run, and is in no list, stops it, resumable") {
  rig all([](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) < 20) return right_answer(asked);
    return error_answer(400, "");
  });
  all.settings.models[0].limits.concurrency = 4;
  const auto samples = all.finish(question_rows(0, 200));
  CHECK(samples.size() == 20);
  CHECK(all.counts().failed == 0);
  CHECK(all.status == exit_status::stopped);
  CHECK(all.peer.requests().size() < 32);
}

TEST_CASE("fewer than a handful that nobody's answer has cleared are open") {
  rig all(in_turn({error_answer(400, "")}));
  const auto samples = all.finish(question_rows(0, 3));
  REQUIRE(samples.size() == 3);
  for (const sample& one : samples) {
    CHECK(one.failure->kind == failure_kind::bad_request);
    CHECK(one.is_open());
  }
  CHECK_FALSE(all.status.has_value());
}

TEST_CASE("bad requests among good ones are settled, however many there are") {
  rig all([](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) % 3 == 0) return error_answer(400, "");
    return right_answer(asked);
  });
  all.settings.models[0].limits.concurrency = 8;
  const auto samples = all.finish(question_rows(0, 301));
  CHECK(samples.size() == 301);
  CHECK(all.counts().failed == 101);
  const auto open = [](const sample& one) { return one.is_open(); };
  CHECK(std::count_if(samples.begin(), samples.end(), open) < 8);  // the last ones
  CHECK_FALSE(all.status.has_value());
}

TEST_CASE("an answer with nothing in it is asked for twice more, then it is the answer") {
  const std::string blank =
      http_answer(200, R"({"choices":[{"message":{"content":""},"finish_reason":"stop"}],)"
                       R"("usage":{"prompt_tokens":5,"completion_tokens":0}})");
  for (const bool recovers : {true, false}) {
    rig all(in_turn({blank, blank, recovers ? completion_answer("1") : blank}));
    all.start(question_rows(0, 1));
    for (std::uint64_t retries = 0; retries < 2; ++retries) {
      all.until([&] { return all.counts().backing_off == 1 && all.counts().retries == retries; });
      all.wake();
    }
    const auto samples = all.finish();
    REQUIRE(samples.size() == 1);
    CHECK(samples[0].attempts == 3);
    CHECK((samples[0].verdict() == verdict::accepted) == recovers);
    CHECK(all.counts().requests == 3);
  }
}

TEST_CASE("one wrong word about the key, in a run that works, is a passing one") {
  for (const int status : {401, 403, 404}) {
    bool once = true;
    rig all([&](const http_request& asked) -> std::optional<std::string> {
      if (question_in(asked) == 5 && std::exchange(once, false)) return error_answer(status, "");
      return right_answer(asked);
    });
    const auto samples = all.finish(question_rows(0, 10));
    CHECK(samples.size() == 10);
    CHECK(all.counts().accepted == 10);
    CHECK_FALSE(all.status.has_value());
  }
}

TEST_CASE("a firewall's page concerns its sample: asked for again, and the run goes on") {
  const std::string page = http_answer(403, "<!DOCTYPE html><html>blocked</html>");
  for (const bool always : {true, false}) {
    bool blocks = true;
    rig all([&](const http_request& asked) -> std::optional<std::string> {
      if (question_in(asked) != 0 || !blocks) return right_answer(asked);
      blocks = always;
      return page;
    });
    const auto samples = all.finish(question_rows(0, 300));
    CHECK(samples.size() == 300);
    CHECK(all.counts().failed == (always ? 1 : 0));
    CHECK_FALSE(all.status.has_value());
  }
}

TEST_CASE("a server that is not there yet is waited for at no attempt") {
  int refused = 0;
  rig all([&](const http_request& asked) -> std::optional<std::string> {
    if (refused++ < 20) return error_answer(503, "unavailable_error");
    return right_answer(asked);
  });
  all.settings.attempts = 1;
  all.settings.models[0].startup_s = 3600;
  all.start(question_rows(0, 1));
  while (all.counts().accepted == 0) {
    all.wake();
    all.step();
  }
  const auto samples = all.finish();
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].attempts == 21);
  REQUIRE(!all.said.empty());
  CHECK(holds(all.said[0], "models[].startup_s"));
}

TEST_CASE("what every request would meet stops the run, and leaves the samples undone") {
  struct {
    std::string answer;
    exit_status status;
    const char* reason;
  } const table[] = {
      {error_answer(401, "invalid_api_key"), exit_status::bad_input,
       "openai m: authentication (HTTP 401): told so (invalid_api_key)"},
      {error_answer(403, ""), exit_status::bad_input,
       "openai m: authentication (HTTP 403): told so"},
      {error_answer(404, ""), exit_status::bad_input,
       "openai m: not_found (HTTP 404): told so (asked: {}/chat/completions)"},
      {error_answer(429, "insufficient_quota"), exit_status::stopped,
       "openai m: quota_exhausted (HTTP 429): told so (insufficient_quota)"},
      {error_answer(402, ""), exit_status::stopped,
       "openai m: quota_exhausted (HTTP 402): told so"},
  };
  for (const auto& [answer, status, reason] : table) {
    rig all(in_turn({completion_answer("1"), answer}));
    const auto samples = all.finish(question_rows(0, 100));
    REQUIRE(samples.size() == 1);
    CHECK(samples[0].verdict() == verdict::accepted);
    CHECK(all.status == status);
    CHECK(all.reason == fmt::format(fmt::runtime(reason), all.peer.base_url()));
    CHECK(all.peer.requests().size() == (status == exit_status::stopped ? 2 : 3));  // confirmed
    CHECK(all.run().cut_short);
    CHECK(all.counts().failed == 0);
  }
}

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
      all.finish(question_rows(0, 1));
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
    CHECK(all.finish(question_rows(0, 1)).size() == 1);
  }
}

TEST_CASE("a stop wakes the sleeping, who are left undone, and lets finish what is in flight") {
  bool answering = false;
  rig all([&answering](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) == 0) return error_answer(429, "", in_an_hour);
    return answering ? std::optional(right_answer(asked)) : std::nullopt;
  });
  all.start(question_rows(0, 100));
  all.until([&] { return all.counts().backing_off == 1 && all.peer.requests().size() == 2; });
  all.stop(exit_status::stopped, "SIGTERM");
  answering = true;
  all.peer.release();
  const auto samples = all.finish();
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].key.ordinal == 1);
  CHECK(all.peer.requests().size() == 2);
  CHECK(all.run().cut_short);
}

TEST_CASE("a retry that waits for a place when the run stops is not sent") {
  bool answering = false;
  rig all([&answering](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) == 0) return error_answer(503, "");
    return answering ? std::optional(right_answer(asked)) : std::nullopt;
  });
  all.start(question_rows(0, 2));
  all.until([&] { return all.counts().backing_off == 1 && all.peer.requests().size() == 2; });
  all.wake();
  const admission& gate = *all.run().gates[0];
  all.until([&] { return gate.waiting_retries() == 1 && all.counts().backing_off == 0; });
  all.stop(exit_status::stopped, "SIGTERM");
  answering = true;
  all.peer.release();
  const auto samples = all.finish();
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].key.ordinal == 1);
  CHECK(all.counts().requests == 2);
  CHECK(all.counts().retries == 0);
  CHECK(all.run().cut_short);
}

TEST_CASE("what is cut off at once is left undone, and is no failure") {
  rig all([](const http_request&) { return std::nullopt; });
  all.start(question_rows(0, 1));
  all.until([&] { return all.peer.requests().size() == 1; });
  all.run().gates[0]->endpoints()[0]->client->stop();
  CHECK(all.finish().empty());
  CHECK(all.counts().failed == 0);
  CHECK(all.run().cut_short);
}

TEST_CASE("a request that gets no answer in time has failed as a timeout") {
  rig all([](const http_request&) { return std::nullopt; });
  all.settings.models[0].timeout_s = 0.01;
  all.settings.attempts = 1;
  const auto samples = all.finish(question_rows(0, 1));
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].failure->kind == failure_kind::timeout);
  CHECK(samples[0].failure->status == 0);
  CHECK(samples[0].is_open());
}

TEST_CASE("a server that cannot be reached in its time to start stops the run, resumable") {
  rig all(right_answer);
  all.settings.models[0].base_url = "http://127.0.0.1:1";  // tcpmux: nobody listens
  all.settings.models[0].startup_s = 0;
  CHECK(all.finish(question_rows(0, 1)).empty());
  CHECK(all.status == exit_status::stopped);
  CHECK(holds(all.reason, "Connection refused"));
  CHECK(holds(all.reason, "models[].startup_s"));
  CHECK(all.run().cut_short);
}

TEST_CASE("a bad row stops the run with its place and what is wrong with it") {
  struct {
    const char* row;
    const char* message;
  } const table[] = {
      {"{\"id\": 1", ":2: not a JSON object: "},
      {"[1, 2]", ":2: not a JSON object"},
      {R"({"id":"x","answer":"1"})", ":2: prompt: the record has no field \"question\""},
      {R"({"question":"x","answer":"1"})", ":2: dataset.id: the record has no field \"id\""},
      {R"({"id":"x","question":"x"})", ":2: reference: the record has no field \"answer\""},
      {"{\"id\":\"\xff\"}", ":2: dataset.id: the field \"id\" is a text that is not UTF-8"},
      {R"({"id":"\udc00","question":"x","answer":"1"})",
       ":2: dataset.id: the field \"id\" is a text with half a surrogate pair (\\udc00)"},
      {R"({"id":[1,{"a":NaN}],"question":"x","answer":"1"})",
       ":2: dataset.id: the field \"id\" holds NaN, which is no JSON value"},
      {R"({"id":1,"question":NaN,"answer":"1"})",
       ":2: prompt: the field \"question\" is NaN, which is no JSON value"},
  };
  for (const auto& [row, message] : table) {
    CAPTURE(row);
    rig all(right_answer);
    const auto samples = all.finish(question_row(0) + '\n' + row + '\n' + question_rows(2, 50));
    CHECK(all.status == exit_status::bad_input);
    CHECK(all.reason.starts_with(all.directory.path() + "/data.jsonl" + message));
    CHECK(samples.size() < 3);  // those that were under way
    CHECK(all.run().cut_short);
  }
}

TEST_CASE("under on_error: skip bad rows are counted, ten of them named, and the rest is done") {
  rig all(right_answer);
  all.settings.dataset.on_error = on_error::skip;
  all.settings.models.resize(2, all.settings.models[0]);  // a bad row is one row, not two samples
  std::string rows = question_rows(0, 1);
  for (int i = 0; i < 12; ++i) rows += "{}\n";
  const auto samples = all.finish(rows + question_rows(1, 3));
  CHECK(samples.size() == 6);
  CHECK(all.counts().skipped_rows == 12);
  REQUIRE(all.said.size() == 11);
  CHECK(all.said[0] ==
        "skipped " + all.directory.path() +
            "/data.jsonl:2: dataset.id: the record has no field \"id\"; it is empty");
  CHECK(all.said[9].starts_with("skipped " + all.directory.path() + "/data.jsonl:11: "));
  CHECK(all.said[10] == "skipped more bad rows; the summary counts them");
  CHECK_FALSE(all.status.has_value());
}

TEST_CASE("a dataset that cannot be read on stops the run") {
  rig all(right_answer);
  all.dataset = "data.csv";
  CHECK(all.finish("id,id\n1,2\n").empty());
  CHECK(all.status == exit_status::bad_input);
  CHECK(all.reason.starts_with(all.directory.path() + "/data.csv"));
}

TEST_CASE("when a thousand samples sleep, no further row is begun") {
  // Every third one is refused: were it most of them, the gate would close before.
  rig all([](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) % 3 == 0) return error_answer(429, "", in_an_hour);
    return right_answer(asked);
  });
  constexpr std::uint64_t most = 1024;
  all.start(question_rows(0, 4000));
  all.until([&] { return all.counts().backing_off == most && all.run().relief.size() == 1; });
  all.context.poll();
  CHECK(all.run().under_way <= most + 1);  // one may have been on its way
  CHECK(all.counts().requests < 3 * most + 4);
  all.stop(exit_status::stopped, "");
  CHECK(all.finish().size() >= 2 * most - 4);
}

TEST_CASE("when much waits for the disk, no further row is begun until it is written") {
  std::atomic<bool> disk_is_slow = true;
  rig all([](const http_request&) { return completion_answer(std::string(1 << 20, 'x')); });
  all.settings.evaluate.clear();
  all.on_commit = [&] { disk_is_slow.wait(true); };
  all.start(question_rows(0, 30));
  all.until([&] {
    return all.run().gates[0]->waiting() == 0 && all.run().gates[0]->in_flight() == 0 &&
           all.run().relief.size() == 1;
  });
  CHECK(all.counts().accepted > 2);
  CHECK(all.counts().accepted < 6);  // 2 MB, the line that is being told of and one on its way
  disk_is_slow = false;
  disk_is_slow.notify_all();
  CHECK(all.finish().size() == 30);
}

TEST_CASE("an endpoint that worked and goes down costs its samples no attempts") {
  // Answers the first, then cuts every connection until told to go on.
  bool down = false;
  rig all([&down](const http_request& asked) -> std::optional<std::string> {
    if (down) return "";
    return right_answer(asked);
  });
  all.settings.attempts = 2;
  all.settings.models[0].limits.concurrency = 2;
  all.start(question_rows(0, 12));
  all.until([&] { return all.counts().accepted >= 1; });
  down = true;
  all.until([&] { return !all.said.empty() || all.counts().failed >= 12; });
  REQUIRE(!all.said.empty());
  CHECK(all.said[0].find("does not answer, and is tried every few seconds") != std::string::npos);
  down = false;
  const auto samples = all.finish();
  CHECK(all.counts().failed <= 6);  // those whose attempts went before the outage was noticed
  CHECK(samples.size() == 12);
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
    const auto samples = all.finish(question_rows(0, 50));
    CHECK(samples.size() == 4);
    CHECK(all.status == exit_status::stopped);
    CHECK(spent <= cap);
    CHECK(all.money->money.spent().tokens == static_cast<std::int64_t>(spent));
  }
}

TEST_CASE("what was never sent is never billed") {
  rig all(right_answer);
  all.settings.models[0].base_url = "http://127.0.0.1:1";
  all.settings.models[0].startup_s = 0;
  all.money.emplace(std::nullopt, 100'000);
  CHECK(all.finish(question_rows(0, 1)).empty());
  CHECK(all.money->money.spent().tokens == 0);
  CHECK(all.money->money.reserved().tokens == 0);
}
