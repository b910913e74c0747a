// A scripted batch API on a real socket; sleepers are woken, so that no poll takes its time.
#include "engine/batch/batch_calls.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>

#include "providers/dialects/registry.hpp"
#include "tests/support/record_rig.hpp"

using namespace retort;
using namespace retort::engine;
using providers::failure_kind;
using test::error_answer;
using test::http_answer;
using test::http_request;
using test::key;
using test::sum_rows;
namespace fs = std::filesystem;

namespace {

std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return "";
  return text.substr(begin + from.size(), text.find(to, begin + from.size()) - begin - from.size());
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
  return count;
}

// OpenAI's API as far as it is asked; a test puts answers of its own before those, each for the
// next request whose head begins like that.
struct openai {
  std::multimap<std::string, std::string> instead;
  std::size_t uploads = 0, created = 0, asked = 0, fetched = 0;
  std::string tag;
  std::size_t requests = 0;
  bool is_listed = false;  // a batch of that tag
  std::function<std::string(std::string results)> spoil;

  // Takes the place of the next answer to what begins so; "" closes the connection.
  void once(const std::string& start, std::string answer) {
    instead.emplace(start, std::move(answer));
  }

  std::string batch(const char* status) const {
    return fmt::format(
        R"({{"id":"batch_1","status":"{}","output_file_id":"file-out","created_at":{},)"
        R"("metadata":{{"retort":"{}"}}}})",
        status, std::time(nullptr), tag);
  }
  std::string results() const {
    std::string out;
    for (std::size_t i = requests; i-- > 0;) {
      out += fmt::format(
          R"({{"custom_id":"{}-{}","response":{{"status_code":200,"body":{{"choices":[{{"message":)"
          R"({{"content":"{}"}},"finish_reason":"stop"}}]}}}}}})"
          "\n",
          tag, i, i + 1);
    }
    return out;
  }
  std::string operator()(const http_request& call) {
    const auto is = [&](std::string_view start) { return call.head.starts_with(start); };
    const bool is_upload = is("POST /v1/files"), is_create = is("POST /v1/batches");
    const bool is_list = is("GET /v1/batches?"), is_status = is("GET /v1/batches/");
    uploads += is_upload;
    created += is_create;
    asked += is_status;
    fetched += is("GET /v1/files/file-out/content");
    if (is_upload) tag = between(call.body, "filename=\"", ".jsonl");
    if (is_upload) requests = count_of(call.body, "\"custom_id\"");
    for (auto one = instead.begin(); one != instead.end(); ++one) {
      if (!is(one->first)) continue;
      std::string answer = std::move(one->second);
      instead.erase(one);
      return answer;
    }
    if (is_upload) return http_answer(200, R"({"id":"file-in"})");
    if (is_create) is_listed = true;
    if (is_create) return http_answer(200, batch("validating"));
    if (is_status) return http_answer(200, batch("completed"));
    if (is_list) {
      return http_answer(200, fmt::format(R"({{"data":[{}],"has_more":false}})",
                                          is_listed ? batch("in_progress") : ""));
    }
    return http_answer(200, spoil ? spoil(results()) : results());
  }
};

struct rig {
  openai api;
  test::record_rig all{[this](const http_request& call) { return std::optional(api(call)); }};

  rig() {
    all.settings.models[0].batch = true;
    all.settings.models[0].limits.concurrency.reset();
    all.settings.attempts = 4;
  }
  std::vector<sample> finish(std::size_t rows = 3) {
    all.start(sum_rows(0, rows));
    // What sleeps is woken whenever nothing else is to be done.
    for (int turns = 0; !is_over() && turns < 2000; ++turns) {
      all.context.run_for(std::chrono::milliseconds(5));
      all.wake();
    }
    REQUIRE(is_over());
    return all.finish();
  }
  bool is_over() { return all.fed && all.run().asking.under_way == 0; }
  bool is_nothing_away() {
    const std::string path = all.directory.path() + "/batches";
    return !fs::exists(path) || fs::is_empty(path);
  }
  std::string said() const {
    std::string out;
    for (const auto& line : all.said) out += line + '\n';
    return out;
  }
};

const std::string garbage = http_answer(200, "<html>" + key + "</html>");

}  // namespace

TEST_CASE("a batch is uploaded, created, asked about and fetched, and its answers are finished") {
  rig one;
  const auto samples = one.finish();
  CHECK_FALSE(one.all.status.has_value());
  REQUIRE(samples.size() == 3);
  for (const auto& sample : samples) {
    CHECK(sample.verdict() == verdict::accepted);
    CHECK(sample.attempts == 1);
  }
  CHECK(one.api.uploads == 1);
  CHECK(one.api.created == 1);
  CHECK(one.api.fetched == 1);
  CHECK(one.is_nothing_away());
  CHECK(one.all.counts().requests == 3);
}

TEST_CASE("an empty dataset and one of bad rows alone send nothing") {
  for (const char* rows : {"", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n"}) {
    rig one;
    one.all.settings.dataset.on_error = on_error::skip;
    one.all.start(rows);
    CHECK(one.all.finish().empty());
    CHECK(one.all.peer.requests().empty());
  }
}

// 200 without a batch that can be read, a lost connection, a proxy's error: the batch is there.
TEST_CASE("a batch whose creation got no answer is found again, and not created twice") {
  for (const std::string& answer :
       {garbage, std::string(), http_answer(502, "bad gateway"), http_answer(408, "")}) {
    CAPTURE(answer);
    rig one;
    one.api.is_listed = true;
    one.api.once("POST /v1/batches", answer);
    CHECK(one.finish().size() == 3);
    CHECK(one.api.created == 1);
    CHECK(one.api.uploads == 1);
    CHECK(one.is_nothing_away());
  }
}

TEST_CASE("a refusal to create says that there is no batch: it is created again") {
  rig one;
  one.api.once("POST /v1/batches", error_answer(429, "slow_down"));
  CHECK(one.finish().size() == 3);
  CHECK(one.api.created == 2);
}

TEST_CASE("a list that cannot be read is not an empty one") {
  rig one;
  one.api.is_listed = true;
  one.api.once("POST /v1/batches", "");
  one.api.once("GET /v1/batches?", garbage);
  one.api.once("GET /v1/batches?", http_answer(200, "{}"));
  CHECK(one.finish().size() == 3);
  CHECK(one.api.created == 1);
}

TEST_CASE("a server that is away while a batch is asked about is waited for") {
  rig one;
  for (int i = 0; i < 10; ++i) one.api.once("GET /v1/batches/", i % 2 ? "" : error_answer(503, ""));
  one.api.once("GET /v1/files", "");
  CHECK(one.finish().size() == 3);
  CHECK_FALSE(one.all.status.has_value());
  CHECK(one.api.created == 1);
  CHECK(one.api.asked == 11);
  CHECK(one.api.fetched == 2);
  CHECK(count_of(one.said(), "trying again") >= 1);
}

TEST_CASE("a status that cannot be read once is asked for again; for good, the run stops") {
  rig one;
  one.api.once("GET /v1/batches/", garbage);
  CHECK(one.finish().size() == 3);
  CHECK(one.said().find(key) == std::string::npos);

  rig always;
  for (int i = 0; i < 4; ++i) always.api.once("GET /v1/batches/", garbage);
  CHECK(always.finish().empty());
  CHECK(always.all.status == exit_status::stopped);
  CHECK(always.all.reason.starts_with("openai m, mode batch: invalid_response: "));
  CHECK(always.all.reason.find(key) == std::string::npos);
  CHECK(always.said().find(key) == std::string::npos);
  CHECK_FALSE(always.is_nothing_away());
}

TEST_CASE("what a refused batch says of the key is masked") {
  rig one;
  one.api.once("GET /v1/batches/",
               http_answer(200, R"({"id":"b","status":"failed","errors":{"data":[{"code":"x",)"
                                R"("message":"no )" +
                                    key + R"("}]}})"));
  CHECK(one.finish().empty());
  CHECK(one.all.status == exit_status::bad_input);
  CHECK(one.all.reason.find("bad_request: no ") != std::string::npos);
  CHECK(one.all.reason.find(key) == std::string::npos);
  CHECK_FALSE(one.is_nothing_away());
}

TEST_CASE("a line that would stop the run stops it when the other answers are safe") {
  rig one;
  one.api.spoil = [](std::string lines) {
    const std::size_t at = lines.find("-1\"") + 3;  // the middle one of three
    return lines.replace(at, lines.find('\n', at) - at,
                         R"(,"response":{"status_code":429,"body":{"error":{"message":"no money",)"
                         R"("code":"insufficient_quota"}}}})");
  };
  std::vector<std::string> ids;
  for (const auto& sample : one.finish()) ids.push_back(sample.id);
  std::ranges::sort(ids);
  CHECK(ids == std::vector<std::string>{"q0", "q2"});
  CHECK(one.all.status == exit_status::stopped);
  CHECK(one.all.reason == "openai m, mode batch: quota_exhausted: no money (insufficient_quota)");
  CHECK(one.all.run().asking.cut_short);
  CHECK(one.is_nothing_away());  // the next run has it in its dataset
}

TEST_CASE("what has just been made may not be known everywhere yet") {
  for (const int status : {400, 404}) {
    CAPTURE(status);
    rig one;
    one.api.once("POST /v1/batches", error_answer(status, ""));
    one.api.once("GET /v1/batches/", error_answer(404, ""));
    one.api.once("GET /v1/files/file-out/content", error_answer(status, ""));
    CHECK(one.finish().size() == 3);
    CHECK_FALSE(one.all.status.has_value());
    CHECK(one.api.uploads == 1);
    CHECK(one.api.created == 2);
  }
  rig never;
  for (int i = 0; i < 4; ++i) never.api.once("POST /v1/batches", error_answer(404, ""));
  CHECK(never.finish().empty());
  CHECK(never.all.status == exit_status::bad_input);
  CHECK(never.api.created == 4);
}

TEST_CASE("a batch that is completed without its answers is asked about until they are there") {
  rig one;
  const char* bare = R"({"id":"batch_1","status":"completed","output_file_id":null,)"
                     R"("request_counts":{"total":3,"completed":3,"failed":0}})";
  for (int i = 0; i < 3; ++i) one.api.once("GET /v1/batches/", http_answer(200, bare));
  CHECK(one.finish().size() == 3);
  CHECK(one.api.created == 1);
  CHECK(one.api.asked == 4);
}

TEST_CASE("what a cancelled batch did not answer is not sent again unasked") {
  rig one;
  one.api.once("GET /v1/batches/", http_answer(200, R"({"id":"batch_1","status":"cancelled",)"
                                                    R"("output_file_id":"file-out"})"));
  one.api.spoil = [](const std::string& lines) { return lines.substr(0, lines.find('\n') + 1); };
  CHECK(one.finish().size() == 1);
  CHECK(one.api.created == 1);
  CHECK(one.all.status == exit_status::stopped);
  CHECK(one.all.reason.find("was cancelled: 2 of its requests stay to be done") !=
        std::string::npos);
  CHECK(one.all.run().asking.cut_short);
  CHECK(one.is_nothing_away());
}

namespace {

// Each line whose number is at least `from` refused in words of no list.
std::string refused(const std::string& lines, int from) {
  std::string out;
  int number = 0;
  for (std::size_t at = 0; at < lines.size(); ++number) {
    const std::size_t end = lines.find('\n', at) + 1;
    std::string line = lines.substr(at, end - at);
    if (number >= from) {
      const std::size_t answer = line.find(",\"response\"");
      line = line.substr(0, answer) +
             ",\"response\":{\"status_code\":400,\"body\":{\"error\":{\"message\":\"no\"}}}}\n";
    }
    out += line;
    at = end;
  }
  return out;
}

}  // namespace

TEST_CASE("a batch of which nothing was answered settles nothing; one with answers does") {
  rig none;
  none.api.spoil = [](const std::string& lines) { return refused(lines, 0); };
  CHECK(none.finish(10).empty());
  CHECK(none.all.status == exit_status::bad_input);

  rig few;
  few.api.spoil = [](const std::string& lines) { return refused(lines, 0); };
  for (const sample& one : few.finish(3)) CHECK(one.is_open());

  rig some;
  some.api.spoil = [](const std::string& lines) { return refused(lines, 1); };
  const auto samples = some.finish(10);
  CHECK(samples.size() == 10);
  for (const sample& one : samples) CHECK_FALSE(one.is_open());
}

TEST_CASE("a body in a string is a body") {
  rig one;
  one.api.spoil = [](std::string lines) {
    const std::size_t body = lines.find("\"body\":{") + 7, end = lines.find("}}\n");
    std::string quoted = "\"";
    for (const char c : lines.substr(body, end - body))
      quoted += c == '"' ? "\\\"" : std::string(1, c);
    return lines.replace(body, end - body, quoted + '"');
  };
  const auto samples = one.finish();
  CHECK(samples.size() == 3);
  for (const sample& each : samples) CHECK(each.verdict() != verdict::failed);
}

TEST_CASE("answers of others, twice the same, and lines that are none, change nothing") {
  rig one;
  one.api.spoil = [](const std::string& lines) {
    return lines + "\n" + key + " nonsense\n{\"custom_id\":\"other-0\"}\n" + lines;
  };
  CHECK(one.finish().size() == 3);
  CHECK_FALSE(one.all.status.has_value());
  CHECK(count_of(one.said(), "is not JSON: ") == 1);
  CHECK(one.said().find(key) == std::string::npos);
}

TEST_CASE("a stop ends at once what sleeps and what waits for its turn to upload") {
  rig one;
  for (int i = 0; i < 100; ++i) one.api.once("POST /v1/files", error_answer(503, ""));
  one.all.settings.models.resize(2, one.all.settings.models[0]);
  one.all.start(sum_rows(0, 3));
  one.all.until([&] { return one.api.uploads >= 2; });
  one.all.stop(exit_status::stopped, "enough");
  CHECK(one.all.finish().empty());
  CHECK(one.api.uploads <= 4);
  CHECK(one.all.run().asking.cut_short);
  CHECK_FALSE(one.is_nothing_away());
}

TEST_CASE("the first signal ends the taking up of what an earlier process left away") {
  rig one;
  one.all.start("");
  const std::string path = one.all.directory.path() + "/left";
  auto draft = batch_draft::begin(path, "00c0ffee00c0ffee", 0).value();
  REQUIRE(draft.add({0, 1, test::padded(test::sum_row(0))}, 0).has_value());
  REQUIRE(draft.seal().has_value());
  io::interrupt stop;
  stop.raise();
  const auto stopped =
      resume_batches(one.all.run(), one.all.desks(), open_batches(path).value(), &stop);
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().code == errc::cancelled);
}
