#include "engine/generate/court.hpp"

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
using test::question_in;
using test::right_completion;
using test::sum_rows;
using rig = test::record_rig;

TEST_CASE("a failure that is the request's own is not tried again, and the run goes on") {
  rig all([](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) == 0) return error_answer(400, "");
    if (question_in(asked) == 1) return error_answer(400, "content_filter");
    return right_completion(asked);
  });
  const auto samples = all.finish(sum_rows(0, 3));
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
    CHECK(all.finish(sum_rows(0, 100)).empty());
    CHECK(all.status == status);
    CHECK(all.peer.requests().size() < 13);
    CHECK(all.run().asking.cut_short);
  }
}

TEST_CASE("what begins in the middle of a run, and is in no list, stops it, resumable") {
  rig all([](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) < 20) return right_completion(asked);
    return error_answer(400, "");
  });
  all.settings.models[0].limits.concurrency = 4;
  const auto samples = all.finish(sum_rows(0, 200));
  CHECK(samples.size() == 20);
  CHECK(all.counts().failed == 0);
  CHECK(all.status == exit_status::stopped);
  CHECK(all.peer.requests().size() < 32);
}

TEST_CASE("a handful of bad rows at the very start is settled once a later one is answered") {
  rig all([](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) < 5) return error_answer(400, "");
    return right_completion(asked);
  });
  all.settings.models[0].limits.concurrency = 4;
  const auto samples = all.finish(sum_rows(0, 50));
  CHECK(samples.size() == 50);
  CHECK(all.counts().failed == 5);
  for (const sample& one : samples) CHECK_FALSE(one.is_open());
  CHECK_FALSE(all.status.has_value());
}

TEST_CASE("fewer than a handful that nobody's answer has cleared are open") {
  rig all(in_turn({error_answer(400, "")}));
  const auto samples = all.finish(sum_rows(0, 3));
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
    return right_completion(asked);
  });
  all.settings.models[0].limits.concurrency = 8;
  const auto samples = all.finish(sum_rows(0, 301));
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
    all.start(sum_rows(0, 1));
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

TEST_CASE("rows that a server always dies of fail, though none but they are left at the end") {
  rig all([](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) < 3) return error_answer(503, "");
    return right_completion(asked);
  });
  all.settings.attempts = 2;
  const auto samples = all.finish(sum_rows(0, 30));
  CHECK(samples.size() == 30);
  CHECK(all.counts().failed == 3);
  CHECK(all.peer.requests().size() < 40);
  for (const sample& one : samples) CHECK((one.verdict() != verdict::failed || one.is_open()));
  CHECK_FALSE(all.status.has_value());
}

TEST_CASE("one wrong word about the key, in a run that works, is a passing one") {
  for (const int status : {401, 403, 404}) {
    bool once = true;
    rig all([&](const http_request& asked) -> std::optional<std::string> {
      if (question_in(asked) == 5 && std::exchange(once, false)) return error_answer(status, "");
      return right_completion(asked);
    });
    const auto samples = all.finish(sum_rows(0, 10));
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
      if (question_in(asked) != 0 || !blocks) return right_completion(asked);
      blocks = always;
      return page;
    });
    const auto samples = all.finish(sum_rows(0, 300));
    CHECK(samples.size() == 300);
    CHECK(all.counts().failed == (always ? 1 : 0));
    CHECK_FALSE(all.status.has_value());
  }
}

TEST_CASE("a server that is not there yet is waited for at no attempt") {
  int refused = 0;
  rig all([&](const http_request& asked) -> std::optional<std::string> {
    if (refused++ < 4) return error_answer(503, "unavailable_error");
    return right_completion(asked);
  });
  all.settings.attempts = 1;
  all.settings.models[0].startup_s = 3600;
  all.start(sum_rows(0, 1));
  while (all.counts().accepted == 0) {
    all.wake();
    all.step();
  }
  const auto samples = all.finish();
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].attempts == 5);
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
    const auto samples = all.finish(sum_rows(0, 100));
    REQUIRE(samples.size() == 1);
    CHECK(samples[0].verdict() == verdict::accepted);
    CHECK(all.status == status);
    CHECK(all.reason == fmt::format(fmt::runtime(reason), all.peer.base_url()));
    CHECK(all.peer.requests().size() == (status == exit_status::stopped ? 2 : 3));  // confirmed
    CHECK(all.run().asking.cut_short);
    CHECK(all.counts().failed == 0);
  }
}

TEST_CASE("a server that cannot be reached in its time to start stops the run, resumable") {
  rig all(right_completion);
  all.settings.models[0].base_url = "http://127.0.0.1:1";  // tcpmux: nobody listens
  all.settings.models[0].startup_s = 0;
  CHECK(all.finish(sum_rows(0, 1)).empty());
  CHECK(all.status == exit_status::stopped);
  CHECK(holds(all.reason, "Connection refused"));
  CHECK(holds(all.reason, "models[].startup_s"));
  CHECK(all.run().asking.cut_short);
}

TEST_CASE("an endpoint that worked and goes down costs its samples no attempts") {
  // Answers the first, then cuts every connection until told to go on.
  bool down = false;
  rig all([&down](const http_request& asked) -> std::optional<std::string> {
    if (down) return "";
    return right_completion(asked);
  });
  all.settings.attempts = 2;
  all.settings.models[0].limits.concurrency = 2;
  all.start(sum_rows(0, 12));
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

TEST_CASE("that a server answers unasked is said once, with its model and its host") {
  rig all(in_turn({completion_answer("1") + completion_answer("another's"), completion_answer("2"),
                   completion_answer("3")}));
  CHECK(all.finish(sum_rows(0, 3)).size() == 3);
  say_who_answers_unasked(all.run().asking);
  say_who_answers_unasked(all.run().asking);
  const std::string host = all.run().asking.gates[0]->endpoints()[0]->client->base().host_field();
  CHECK(all.said == std::vector{"m: " + host +
                                " sends bytes that no request asked for: its connections are used "
                                "for one request each from here on, see the guarantees in the "
                                "README"});
}

TEST_CASE("a server that only closes, or says what is no answer, is not complained of") {
  const std::string idle = "HTTP/1.1 408 Idle\r\nConnection: close\r\n\r\n";
  rig all(in_turn(
      {completion_answer("1") + idle, completion_answer("2") + "\r\n", completion_answer("3")}));
  CHECK(all.finish(sum_rows(0, 3)).size() == 3);
  say_who_answers_unasked(all.run().asking);
  CHECK(all.said.empty());
}
