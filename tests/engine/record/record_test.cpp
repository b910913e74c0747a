#include "engine/record/record.hpp"

#include <doctest/doctest.h>

#include "tests/support/record_rig.hpp"

using namespace retort;
using namespace retort::engine;
using providers::failure_kind;
using test::completion_answer;
using test::error_answer;
using test::holds;
using test::http_answer;
using test::http_request;
using test::in_turn;
using test::key;
using test::question_in;
using test::right_completion;
using test::sum_row;
using test::sum_rows;
using rig = test::record_rig;

namespace {

constexpr const char* in_an_hour = "Retry-After: 3600\r\n";

}  // namespace

TEST_CASE("a record goes from its row to its line in the ledger") {
  rig all(right_completion);
  all.settings.sampling.temperature = 0.5;
  const auto samples = all.finish(sum_row(7) + '\n');
  REQUIRE(all.peer.requests().size() == 1);
  CHECK(holds(all.peer.requests()[0].head, "Authorization: Bearer " + key + "\r\n"));
  CHECK(
      all.peer.requests()[0].body ==
      R"({"model":"m","messages":[{"role":"user","content":"What is 7 + 1?"}],"temperature":0.5})");

  REQUIRE(samples.size() == 1);
  const sample& one = samples[0];
  CHECK(one.key.ordinal == 0);
  CHECK(one.row_hash == hash_row(sum_row(7)));
  CHECK(one.id == "q7");
  REQUIRE(one.messages.size() == 1);
  CHECK(one.messages[0].content == "What is 7 + 1?");
  CHECK(one.reference == "8");
  CHECK(one.completion.text == "It is 8");
  CHECK(one.completion.model == "m-2024");
  CHECK(one.verdict() == verdict::accepted);
  CHECK(one.judged_by == all.run().assess.fingerprint());
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
  const auto samples = all.finish(sum_rows(0, 5));
  CHECK(samples.size() == 10);
  CHECK(all.counts().accepted == 6);
  CHECK(all.counts().rejected == 2);
  CHECK(all.counts().failed == 2);
  CHECK(all.counts().requests == 10);
  CHECK(all.counts().retries == 0);
  CHECK(all.counts().input_tokens == 8 * 5);
  CHECK(all.counts().output_tokens == 8 * 3);
  CHECK_FALSE(all.run().asking.cut_short);
  for (const auto& model : {"\"m\"", "\"n\""}) {
    const auto of_model = [&](const http_request& asked) { return holds(asked.body, model); };
    CHECK(std::count_if(all.peer.requests().begin(), all.peer.requests().end(), of_model) == 5);
  }
}

TEST_CASE("no more requests are in flight than the endpoint has places") {
  rig all([](const http_request&) { return std::nullopt; });
  all.settings.models[0].limits.concurrency = 3;
  all.start(sum_rows(0, 10));
  all.until([&] { return all.peer.requests().size() == 3; });
  CHECK(all.run().asking.gates[0]->in_flight() == 3);
  CHECK(all.counts().requests == 3);
  all.run().asking.gates[0]->endpoints()[0]->client->stop();  // the peer would never answer
  all.stop(exit_status::stopped, "");
  CHECK(all.finish().empty());
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
    all.start(sum_rows(0, 1));
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
    return right_completion(asked);
  });
  all.start(sum_rows(0, 5));
  all.until([&] { return all.counts().accepted == 4; });
  CHECK(all.counts().backing_off == 1);
  CHECK(all.run().asking.gates[0]->in_flight() == 0);
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
  all.start(sum_rows(0, 1));
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

TEST_CASE("a stop wakes the sleeping, who are left undone, and lets finish what is in flight") {
  bool answering = false;
  rig all([&answering](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) == 0) return error_answer(429, "", in_an_hour);
    return answering ? std::optional(right_completion(asked)) : std::nullopt;
  });
  all.start(sum_rows(0, 100));
  all.until([&] { return all.counts().backing_off == 1 && all.peer.requests().size() == 2; });
  all.stop(exit_status::stopped, "SIGTERM");
  answering = true;
  all.peer.release();
  const auto samples = all.finish();
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].key.ordinal == 1);
  CHECK(all.peer.requests().size() == 2);
  CHECK(all.run().asking.cut_short);
}

TEST_CASE("a retry that waits for a place when the run stops is not sent") {
  bool answering = false;
  rig all([&answering](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) == 0) return error_answer(503, "", in_an_hour);
    return answering ? std::optional(right_completion(asked)) : std::nullopt;
  });
  all.start(sum_rows(0, 2));
  all.until([&] { return all.counts().backing_off == 1 && all.peer.requests().size() == 2; });
  all.wake();
  const admission& gate = *all.run().asking.gates[0];
  all.until([&] { return gate.waiting_retries() == 1 && all.counts().backing_off == 0; });
  all.stop(exit_status::stopped, "SIGTERM");
  answering = true;
  all.peer.release();
  const auto samples = all.finish();
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].key.ordinal == 1);
  CHECK(all.counts().requests == 2);
  CHECK(all.counts().retries == 0);
  CHECK(all.run().asking.cut_short);
}

TEST_CASE("what is cut off at once is left undone, and is no failure") {
  rig all([](const http_request&) { return std::nullopt; });
  all.start(sum_rows(0, 1));
  all.until([&] { return all.peer.requests().size() == 1; });
  all.run().asking.gates[0]->endpoints()[0]->client->stop();
  CHECK(all.finish().empty());
  CHECK(all.counts().failed == 0);
  CHECK(all.run().asking.cut_short);
}

TEST_CASE("a request that gets no answer in time has failed as a timeout") {
  rig all([](const http_request&) { return std::nullopt; });
  all.settings.models[0].timeout_s = 0.01;
  all.settings.attempts = 1;
  const auto samples = all.finish(sum_rows(0, 1));
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].failure->kind == failure_kind::timeout);
  CHECK(samples[0].failure->status == 0);
  CHECK(samples[0].is_open());
}

TEST_CASE("a record is asked n times, and each answer is a sample of its own") {
  int n = 0;
  rig all([&n](const http_request&) { return completion_answer(fmt::format("{}", n++)); });
  all.settings.samples.n = 3;
  all.settings.sampling.seed = 40;
  all.settings.models[0].limits.concurrency = 8;
  const auto samples = all.finish(sum_rows(0, 2));
  REQUIRE(samples.size() == 6);
  std::set<std::pair<std::uint64_t, std::uint32_t>> keys;
  for (const sample& one : samples) keys.emplace(one.key.ordinal, one.key.k);
  CHECK(keys.size() == 6);
  for (const char* seed : {"\"seed\":40", "\"seed\":41", "\"seed\":42"}) {
    const auto has_it = [&](const http_request& asked) { return holds(asked.body, seed); };
    CHECK(std::ranges::count_if(all.peer.requests(), has_it) == 2);
  }
}

TEST_CASE("a record is asked no more once enough of its answers are accepted") {
  // Of record i the i-th answer is right; of the last none is.
  std::map<std::uint64_t, std::uint64_t> tries;
  rig all([&tries](const http_request& asked) -> std::optional<std::string> {
    const std::uint64_t record = question_in(asked);
    return tries[record]++ < record ? std::optional(completion_answer("wrong"))
                                    : right_completion(asked);
  });
  all.settings.samples = {.n = 4, .until_accepted = 1};
  all.settings.models[0].limits.concurrency = 8;
  const auto samples = all.finish(sum_rows(0, 5));
  CHECK(tries == std::map<std::uint64_t, std::uint64_t>{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 4}});
  CHECK(samples.size() == 1 + 2 + 3 + 4 + 4);
  CHECK(all.counts().accepted == 4);
  CHECK(all.counts().requests == 14);
  CHECK_FALSE(all.run().asking.cut_short);
}

TEST_CASE("a line says so where more of its record is under way than anybody needs") {
  for (const std::uint32_t parallel : {1U, 3U}) {
    rig all(right_completion);
    all.settings.samples = {.n = 3, .until_accepted = 1, .parallel = parallel};
    all.settings.models[0].limits.concurrency = 8;
    std::map<std::uint64_t, std::string> more;
    for (const sample& one : all.finish(sum_rows(0, 2))) {
      more[one.key.ordinal] += one.has_more ? "+" : ".";
    }
    const char* const each = parallel == 1 ? "." : "++.";
    CHECK(more == std::map<std::uint64_t, std::string>{{0, each}, {1, each}});
  }
}

TEST_CASE("what an earlier process found is not asked again, and counts as accepted") {
  rig all(right_completion);
  all.settings.samples = {.n = 3, .until_accepted = 2};
  all.settled = {{0, 0, 0}, {1, 0, 1}, {1, 0, 2}};
  const auto samples = all.finish(sum_rows(0, 3));
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keys;
  for (const sample& one : samples) keys.emplace_back(one.key.ordinal, one.key.k);
  std::ranges::sort(keys);
  CHECK(keys == std::vector<std::pair<std::uint64_t, std::uint32_t>>{{0, 1}, {2, 0}, {2, 1}});
}

TEST_CASE("the dearer model is asked where the cheap one got nothing accepted") {
  rig all([](const http_request& asked) -> std::optional<std::string> {
    const bool dear = holds(asked.body, "\"dear\"");
    return dear || question_in(asked) % 2 == 0 ? right_completion(asked)
                                               : completion_answer("wrong");
  });
  all.settings.models.resize(2, all.settings.models[0]);
  all.settings.models[1].model = "dear";
  all.settings.escalate = true;
  CHECK(all.finish(sum_rows(0, 6)).size() == 9);
  CHECK(all.counts().accepted == 6);
  CHECK(all.counts().rejected == 3);
}

TEST_CASE("a stop between two samples of a record leaves the rest to be done") {
  rig all([&all](const http_request&) -> std::optional<std::string> {
    all.stop(exit_status::stopped, "SIGTERM");
    return completion_answer("wrong");
  });
  all.settings.samples = {.n = 3, .until_accepted = 1};
  CHECK(all.finish(sum_rows(0, 1)).size() == 1);
  CHECK(all.run().asking.cut_short);
}

TEST_CASE("a row that is no prompt is counted once, however often it would have been asked") {
  rig all(right_completion);
  all.settings.samples.n = 3;
  all.settings.models.resize(2, all.settings.models[0]);
  all.settings.dataset.on_error = on_error::skip;
  const auto samples = all.finish(sum_rows(0, 2) + "{\"id\":\"x\"}\n{\"id\":\"y\"}\n");
  CHECK(samples.size() == 12);
  CHECK(all.counts().skipped_rows == 2);
}

TEST_CASE(
    "a line of a batch's input is asked as its body says, and its line in the ledger says so") {
  rig all([](const http_request&) { return completion_answer("It is 8"); });
  all.settings.dataset.id = "custom_id";
  all.settings.dataset.is_batch_input = true;
  all.settings.prompt = {};
  all.settings.prompt.messages_field = "body.messages";
  all.settings.reference.reset();
  all.settings.evaluate.clear();
  all.settings.sampling.temperature = 0.5;
  all.settings.sampling.max_tokens = 64;
  const std::string messages = R"("messages":[{"role":"user","content":"5 + 3?"}])";
  const auto samples = all.finish(
      R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"x",)" +
      messages + R"(,"temperature":0,"tool_choice":"none"}})" + "\n" +
      R"({"custom_id":"b","body":{)" + messages + "}}\n");
  REQUIRE(samples.size() == 2);
  REQUIRE(all.peer.requests().size() == 2);
  CHECK(all.peer.requests()[0].body ==
        R"({"model":"m",)" + messages +
            R"(,"temperature":0,"max_tokens":64,"tool_choice":"none"})");
  CHECK(all.peer.requests()[1].body ==
        R"({"model":"m",)" + messages + R"(,"temperature":0.5,"max_tokens":64})");
  REQUIRE(samples[0].own);
  CHECK(samples[0].own->said == R"({"temperature":0,"tool_choice":"none"})");
  CHECK_FALSE(samples[1].own);
}

TEST_CASE(
    "a record that no output can have is not asked, and its turns' weights are in the ledger") {
  for (const bool has_place : {false, true}) {
    CAPTURE(has_place);
    rig all([](const http_request&) { return completion_answer("It is 8"); });
    all.settings.dataset.on_error = on_error::skip;
    all.settings.prompt = {};
    all.settings.prompt.messages_field = "m";
    all.settings.reference.reset();
    all.settings.evaluate.clear();
    all.settings.outputs.resize(2);
    all.settings.outputs[0].format = "sharegpt";
    all.settings.outputs[1].format = has_place ? "messages" : "gemini";
    const std::string begin = R"({"id":"a","m":[{"role":"user","content":"5 + 2?"},)";
    const std::string turn = R"({"role":"assistant","content":"8")";
    const std::string end = R"(},{"role":"user","content":"5 + 3?"}]})";
    const auto samples = all.finish(begin + turn + R"(,"weight":0,"reasoning":"hm")" + end + "\n");
    REQUIRE(samples.size() == has_place);
    REQUIRE(all.peer.requests().size() == has_place);
    CHECK(all.counts().skipped_rows == !has_place);
    if (!has_place) continue;
    CHECK(all.peer.requests()[0].body.find(turn + "}") != std::string::npos);
    CHECK(samples[0].messages[1].weight == 0);
    CHECK(samples[0].messages[1].reasoning == "hm");
  }
}
