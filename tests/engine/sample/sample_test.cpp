#include "engine/sample/sample.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/sample/line_reader.hpp"
#include "tests/support/places.hpp"
#include "tests/support/samples.hpp"

using namespace retort;
using namespace retort::engine;
using providers::failure_kind;
using test::padded;

namespace {

constexpr auto last_kind = static_cast<int>(failure_kind::quota_exhausted);

// Every member set, each to a value of its own.
sample whole_sample() {
  sample one;
  one.key = {1234567890123, 4, 2};
  one.row_hash = 0x0123456789abcdef;
  one.id = "q17";
  one.messages = {{"system", "Be brief."}, {"user", "What is 5 + 3?"}};
  one.reference = "8";
  one.completion.text = R"({"answer": "9"})";
  one.completion.reasoning = "five and three";
  one.completion.refusal = "I would rather not";
  one.completion.finish_reason = "stop";
  one.completion.model = "fake-model-2024";
  one.completion.request_id = "req-1";
  one.completion.service_tier = "flex";
  one.completion.usage = {100, 40, 30, 20};
  one.evaluations = {{"numeric", 0, "9"}, {"exact", 0.25, R"({"answer": "9"})"}};
  one.rejected = reject_reason::incorrect;
  one.reject_detail = "as \"q3\"";
  one.judged_by = 0xfedcba9876543210;
  one.rendered = 0x0123456789abcdee;
  one.attempts = 3;
  one.finished_at_ms = 1'700'000'000'123;
  one.latency_us = 421125;
  one.first_byte_us = 20001;
  one.first_token_us = 20002;
  one.last_token_us = 421124;
  return one;
}

sample read_back(const sample& written) {
  const std::string line = padded(test::ledger_line_of(written));
  sample read = whole_sample();  // what was there before must not shine through
  const auto done = read_ledger_line(line, read);
  REQUIRE_MESSAGE(done.has_value(), done.error().message);
  return read;
}

void check_same_messages(const sample& a, const sample& b) {
  REQUIRE(a.messages.size() == b.messages.size());
  for (std::size_t i = 0; i < a.messages.size(); ++i) {
    CHECK(a.messages[i].role == b.messages[i].role);
    CHECK(a.messages[i].content == b.messages[i].content);
    CHECK(a.messages[i].reasoning == b.messages[i].reasoning);
    CHECK(a.messages[i].weight == b.messages[i].weight);
  }
}

void check_same_completion(const providers::completion& a, const providers::completion& b) {
  CHECK(a.text == b.text);
  CHECK(a.reasoning == b.reasoning);
  CHECK(a.refusal == b.refusal);
  CHECK(a.finish_reason == b.finish_reason);
  CHECK(a.model == b.model);
  CHECK(a.request_id == b.request_id);
  CHECK(a.service_tier == b.service_tier);
  CHECK(a.usage.input == b.usage.input);
  CHECK(a.usage.cached == b.usage.cached);
  CHECK(a.usage.output == b.usage.output);
  CHECK(a.usage.reasoning == b.usage.reasoning);
}

void check_same_failure(const sample& a, const sample& b) {
  REQUIRE(a.failure.has_value() == b.failure.has_value());
  if (!a.failure) return;
  CHECK(a.failure->kind == b.failure->kind);
  CHECK(a.failure->status == b.failure->status);
  CHECK(a.failure->message == b.failure->message);
}

void check_same_evaluations(const sample& a, const sample& b) {
  REQUIRE(a.evaluations.size() == b.evaluations.size());
  for (std::size_t i = 0; i < a.evaluations.size(); ++i) {
    CHECK(a.evaluations[i].name == b.evaluations[i].name);
    CHECK(a.evaluations[i].score == b.evaluations[i].score);
    CHECK(a.evaluations[i].detail == b.evaluations[i].detail);
    CHECK(a.evaluations[i].fingerprint == b.evaluations[i].fingerprint);
    REQUIRE(a.evaluations[i].usage.has_value() == b.evaluations[i].usage.has_value());
    if (!a.evaluations[i].usage) continue;
    CHECK(a.evaluations[i].usage->input == b.evaluations[i].usage->input);
    CHECK(a.evaluations[i].usage->output == b.evaluations[i].usage->output);
  }
}

void check_same(const sample& a, const sample& b) {
  CHECK(a.key.ordinal == b.key.ordinal);
  CHECK(a.key.variant == b.key.variant);
  CHECK(a.key.k == b.key.k);
  CHECK(a.row_hash == b.row_hash);
  CHECK(a.id == b.id);
  check_same_messages(a, b);
  CHECK(a.shortened.max_tokens == b.shortened.max_tokens);
  CHECK(a.shortened.cut == b.shortened.cut);
  CHECK(a.reference == b.reference);
  check_same_completion(a.completion, b.completion);
  check_same_failure(a, b);
  check_same_evaluations(a, b);
  CHECK(a.rejected == b.rejected);
  CHECK(a.reject_detail == b.reject_detail);
  CHECK(a.judged_by == b.judged_by);
  CHECK(a.rendered == b.rendered);
  CHECK(a.has_more == b.has_more);
  CHECK(a.attempts == b.attempts);
  CHECK(a.finished_at_ms == b.finished_at_ms);
  CHECK(a.latency_us == b.latency_us);
  CHECK(a.first_byte_us == b.first_byte_us);
  CHECK(a.first_token_us == b.first_token_us);
  CHECK(a.last_token_us == b.last_token_us);
}

line_head head_of(const sample& written) {
  const std::string line = padded(test::ledger_line_of(written));
  const auto head = read_line_head(line);
  REQUIRE_MESSAGE(head.has_value(), head.error().message);
  return *head;
}

void check_head(const sample& written) {
  const line_head head = head_of(written);
  CHECK(head.key.ordinal == written.key.ordinal);
  CHECK(head.key.variant == written.key.variant);
  CHECK(head.key.k == written.key.k);
  CHECK(head.verdict == written.verdict());
  CHECK(head.open == written.is_open());
  CHECK(head.row_hash == written.row_hash);
  CHECK(head.rendered == written.rendered);
  CHECK(head.judged_by == written.judged_by);
  CHECK(head.has_more == written.has_more);
}

// The example of ledger_lines.md, which is broken for the page at one blank.
std::string example_on_the_page() {
  const std::string page = test::content_of(test::in_source("engine/sample/ledger_lines.md"));
  const std::size_t begin = page.find("```\n") + 4;
  std::string line = page.substr(begin, page.find("\n```", begin) - begin);
  for (std::size_t at; (at = line.find("\n ")) != std::string::npos;) line.erase(at, 2);
  return line;
}

void check_round_trip(const sample& one) {
  check_same(read_back(one), one);
  check_head(one);
}

}  // namespace

TEST_CASE("a line is one JSON object with its members in a fixed order") {
  CHECK(test::ledger_line_of(whole_sample()) ==
        R"({"key":[1234567890123,4,2],"verdict":"rejected","reason":"incorrect",)"
        R"("row":"0123456789abcdef","rendered":"0123456789abcdee",)"
        R"("judge":"fedcba9876543210","id":"q17",)"
        R"("messages":[{"role":"system","content":"Be brief."},)"
        R"({"role":"user","content":"What is 5 + 3?"}],"reference":"8",)"
        R"("completion":"{\"answer\": \"9\"}","reasoning":"five and three",)"
        R"("refusal":"I would rather not","finish_reason":"stop","model":"fake-model-2024",)"
        R"("request_id":"req-1","service_tier":"flex",)"
        R"("usage":{"input":100,"cached":40,"output":30,"reasoning":20},)"
        R"("evaluations":[{"name":"numeric","score":0,"detail":"9"},)"
        R"({"name":"exact","score":0.25,"detail":"{\"answer\": \"9\"}"}],)"
        R"("detail":"as \"q3\"",)"
        R"("attempts":3,"finished_at_ms":1700000000123,)"
        R"("latency_us":421125,"first_byte_us":20001,"first_token_us":20002,)"
        R"("last_token_us":421124})");
}

TEST_CASE("what only some completions have is written and read back") {
  sample one = whole_sample();
  one.completion.finish_reason = "tool_use";
  one.completion.finish = providers::finish::tool_calls;
  one.completion.usage.cache_written = 7;
  one.completion.tool_calls = {{"call_1", "add", R"({"a": 1})"}, {"", "stop", "{}"}};
  one.completion.logprobs = {{"8", -0.5, 0}, {"8", -0.5, 1}, {"9", -1.25, 2},
                             {".", 0, 0},    {"\n", -3, 0},  {"!", -4, 1}};
  const std::string line = test::ledger_line_of(one);
  CHECK(line.find(R"("finish_reason":"tool_use","finish":"tool_calls",)") != line.npos);
  CHECK(
      line.find(R"("reasoning":20,"cache_written":7},)"
                R"("tool_calls":[{"id":"call_1","name":"add","arguments":"{\"a\": 1}"},)"
                R"({"name":"stop","arguments":"{}"}],)"
                R"("logprobs":[["8",-0.5,["8",-0.5],["9",-1.25]],[".",0],["\n",-3,["!",-4]]],)") !=
      line.npos);
  const auto back = read_back(one).completion;
  CHECK(back.finish == providers::finish::tool_calls);
  CHECK(back.usage.cache_written == 7);
  REQUIRE(back.tool_calls.size() == 2);
  CHECK(back.tool_calls[0].id == "call_1");
  CHECK(back.tool_calls[0].arguments == R"({"a": 1})");
  CHECK(back.tool_calls[1].name == "stop");
  REQUIRE(back.logprobs.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(back.logprobs[i].text == one.completion.logprobs[i].text);
    CHECK(back.logprobs[i].logprob == one.completion.logprobs[i].logprob);
    CHECK(back.logprobs[i].rank == one.completion.logprobs[i].rank);
  }
}

TEST_CASE("a line of before there was a finish has the one that its reason stands for") {
  sample one = whole_sample();
  CHECK(read_back(one).completion.finish == providers::finish::refusal);
  one.completion.refusal.clear();
  CHECK(read_back(one).completion.finish == providers::finish::stop);
}

TEST_CASE("a failed sample's line has the failure and nothing of a completion") {
  sample one = test::failed(3, failure_kind::server_error);
  one.completion.text = "left over";
  one.failure->status = 500;
  CHECK(
      test::ledger_line_of(one) ==
      fmt::format(
          R"({{"key":[3,0,0],"verdict":"failed","open":true,"row":"{:016x}","rendered":"0000000000000000",)"
          R"("judge":"0000000000000000","id":"q3",)"
          R"("messages":[{{"role":"user","content":"What is 3 + 1?"}}],"reference":"4",)"
          R"("failure":{{"kind":"server_error","status":500,"message":"no answer"}},)"
          R"("attempts":1,"finished_at_ms":0,"latency_us":0}})",
          one.row_hash));
}

TEST_CASE("the example in ledger_lines.md is a line of the program's, seal and all") {
  const std::string line = padded(example_on_the_page());
  CHECK(io::is_sealed(line));
  sample read;
  REQUIRE(read_ledger_line(line, read).has_value());
  CHECK(test::sealed_line(test::ledger_line_of(read)) == line + '\n');
}

TEST_CASE("every member is read back as it was written") {
  check_round_trip(whole_sample());
  check_round_trip(sample());
  check_round_trip(test::answered(0, "1"));
  sample one = whole_sample();
  one.has_more = true;
  check_round_trip(one);
  one.completion.tool_calls = {{"call_1", "add", "{}"}};  // which is read as JSON
  check_round_trip(one);
}

TEST_CASE("numbers at the ends of their ranges are read back") {
  sample one = whole_sample();
  one.key = {std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint32_t>::max(),
             std::numeric_limits<std::uint32_t>::max()};
  one.attempts = std::numeric_limits<std::uint32_t>::max();
  one.row_hash = one.judged_by = std::numeric_limits<std::uint64_t>::max();
  one.finished_at_ms = std::numeric_limits<std::int64_t>::max();
  const auto most = providers::most_tokens;
  one.completion.usage = {most, most, most, most};
  one.evaluations = {{"a", 0.1 + 0.2, ""}, {"b", 1e-300, ""}, {"c", 1, ""}};
  check_round_trip(one);
  one.row_hash = one.judged_by = 0;
  one.completion.usage = {0, 0, 0, 0};
  check_round_trip(one);
}

TEST_CASE("an evaluation says no more than there is: unscored, or what it cost") {
  sample one = whole_sample();
  one.evaluations = {{"numeric", 0, "9"}, {"choice", std::nullopt, "no letter"}};
  one.evaluations.push_back({"judge", 0.75, "6 of 8", 0xab, providers::usage{}});
  one.evaluations.back().usage->input = 120;
  one.evaluations.back().usage->output = 7;
  check_round_trip(one);
  CHECK(test::ledger_line_of(one).find(
            R"("evaluations":[{"name":"numeric","score":0,"detail":"9"},)"
            R"({"name":"choice","score":null,"detail":"no letter"},)"
            R"({"name":"judge","score":0.75,"detail":"6 of 8","fingerprint":"00000000000000ab",)"
            R"("usage":{"input":120,"output":7}}])") != std::string::npos);
  one.evaluations.back() = {.name = "judge", .score = {}, .fingerprint = 0xab, .votes = {3, 7.5}};
  check_round_trip(one);
  CHECK(test::ledger_line_of(one).find(R"("fingerprint":"00000000000000ab","votes":[3,7.5]}])") !=
        std::string::npos);
  CHECK(read_back(one).evaluations.back().votes == std::vector<double>{3, 7.5});
}

TEST_CASE("counts that no answer has, as older ledgers may hold them, are bounded when read") {
  sample one = whole_sample();
  one.completion.usage.input = std::numeric_limits<std::int64_t>::max();
  CHECK(read_back(one).completion.usage.input == providers::most_tokens);
}

TEST_CASE("a log probability that was not given stays so") {
  sample one = whole_sample();
  one.completion.logprobs = {{"8", std::numeric_limits<double>::quiet_NaN(), 0}, {"9", -1, 0}};
  CHECK(test::ledger_line_of(one).find(R"("logprobs":[["8",null],["9",-1]])") != std::string::npos);
  const auto back = read_back(one).completion.logprobs;
  REQUIRE(back.size() == 2);
  CHECK(std::isnan(back[0].logprob));
  CHECK(back[1].logprob == -1);
}

TEST_CASE("messages with tools are read back as they were sent") {
  sample one = whole_sample();
  one.messages = {{"user", "q", "ann"},
                  {"assistant", "", "", "", {{"c1", "f", R"({"a": 1})"}}},
                  {"tool", "8", "f", "c1"}};
  const auto back = read_back(one).messages;
  check_same_messages(one, read_back(one));
  CHECK(back[0].name == "ann");
  REQUIRE(back[1].tool_calls.size() == 1);
  CHECK(back[1].tool_calls[0].id == "c1");
  CHECK(back[1].tool_calls[0].name == "f");
  CHECK(back[1].tool_calls[0].arguments == R"({"a": 1})");
  CHECK(back[2].tool_call_id == "c1");
}

TEST_CASE("what a message says to who trains with it is read back, also beside calls") {
  sample one = whole_sample();
  one.messages = {{"user", "q", "", "", {}, "", 1},
                  {"assistant", "a", "", "", {}, "so \"that\"", 0},
                  {"assistant", "", "", "", {{"c1", "f", "{}"}}, "why", 1},
                  {"tool", "8", "f", "c1"}};
  check_round_trip(one);
}

TEST_CASE("tokens that the provider did not count stay unknown, one by one") {
  for (int unknown = 0; unknown < 16; ++unknown) {
    sample one = whole_sample();
    auto& usage = one.completion.usage;
    int bit = 1;
    for (auto* count : {&usage.input, &usage.cached, &usage.output, &usage.reasoning}) {
      if (unknown & bit) *count = -1;
      bit *= 2;
    }
    check_round_trip(one);
  }
}

TEST_CASE("what was taken from a question is read back") {
  sample one = whole_sample();
  one.shortened.max_tokens = 250;
  check_round_trip(one);
  one.shortened = {{}, 1200};
  check_round_trip(one);
  CHECK(test::ledger_line_of(one).find(R"(}],"shortened":{"cut":1200},"reference":)") !=
        std::string::npos);
}

TEST_CASE("what a row said of its sampling is read back") {
  sample one = whole_sample();
  auto own = std::make_shared<own_sampling>();
  own->said = R"({"temperature":0.25,"tools":[{"type":"function"}],"user":"u"})";
  one.own = own;
  const sample read = read_back(one);
  REQUIRE(read.own);
  CHECK(read.own->said == own->said);
  CHECK(read.own->whole.temperature == 0.25);
  CHECK(read.own->whole.tools == R"([{"type":"function"}])");
  CHECK_FALSE(read_back(whole_sample()).own);
}

TEST_CASE("an empty reference is another thing than none") {
  sample one = whole_sample();
  one.reference = "";
  check_round_trip(one);
  one.reference.reset();
  check_round_trip(one);
}

TEST_CASE("every reason and every failure is read back; the transient ones leave the sample open") {
  for (const reject_reason why : all_reject_reasons) {
    check_round_trip(test::rejected(whole_sample(), why));
  }
  for (int i = 0; i <= last_kind; ++i) {
    const auto kind = static_cast<failure_kind>(i);
    const sample one = test::failed(1, kind);
    CAPTURE(providers::name(kind));
    check_round_trip(one);
    CHECK(one.is_open() == (providers::is_transient(kind) || providers::stops_endpoint(kind)));
  }
}

TEST_CASE("a sample is failed before it is rejected, and rejected before it is accepted") {
  sample one = whole_sample();
  CHECK(one.verdict() == verdict::rejected);
  one.rejected.reset();
  CHECK(one.verdict() == verdict::accepted);
  one.failure = providers::failure{failure_kind::bad_request, 400, "no", {}};
  CHECK(one.verdict() == verdict::failed);
  one.rejected = reject_reason::error;
  CHECK(one.verdict() == verdict::failed);
  CHECK(name(verdict::accepted) == "accepted");
  CHECK(name(verdict::rejected) == "rejected");
  CHECK(name(verdict::failed) == "failed");
}

TEST_CASE("whatever a text holds, it is read back from one line") {
  std::string controls;
  for (char c = 0; c < 0x20; ++c) controls += c;
  const std::string texts[] = {"\n",
                               "\r\n",
                               "\"",
                               "\\",
                               "\\\"",
                               "\\n",
                               controls,
                               std::string(1, '\0'),
                               "\x7f",
                               "}",
                               R"({"key":[9,9,9],"verdict":"accepted","open":true,"row":"ff"})",
                               R"(","sum":")",
                               "\xc3\xa9",
                               "\xe2\x80\xa8\xe2\x80\xa9",
                               "\xf0\x9f\x98\x80",
                               "\xef\xbb\xbf",
                               "\xf4\x8f\xbf\xbf",
                               "</script>",
                               std::string(70'000, '"')};
  for (const std::string& text : texts) {
    CAPTURE(text.substr(0, 40));
    sample one = whole_sample();
    one.id = text;
    one.messages = {{text, text}, {"user", text}};
    one.reference = text;
    one.completion.text = text;
    one.completion.reasoning = text;
    one.completion.refusal = text;
    one.completion.finish_reason = text;
    one.completion.model = text;
    one.completion.request_id = text;
    one.evaluations = {{text, 1, text}};
    check_round_trip(one);
    CHECK(test::ledger_line_of(one).find('\n') == std::string::npos);
    one.failure = providers::failure{failure_kind::timeout, 0, text, {}};
    one.completion = {};
    check_round_trip(one);
  }
}

TEST_CASE("members that are missing, unknown or of another type leave their fields as they begin") {
  const std::string lines[] = {
      "{}",
      R"({"later":{"key":[1,2,3],"id":"x"},"more":[[{}]],"null":null})",
      R"({"key":null,"row":1,"id":[],"messages":{},"completion":7,"reasoning":null,"refusal":{},)"
      R"("finish_reason":false,"model":1.5,"request_id":[],"usage":[1],"evaluations":"x",)"
      R"("reason":3,"judge":{},"attempts":"3","finished_at_ms":"now","latency_us":null})",
      R"({"usage":{"input":"many","cached":null}})",
  };
  for (const std::string& text : lines) {
    CAPTURE(text);
    sample read = whole_sample();
    REQUIRE(read_ledger_line(padded(text), read).has_value());
    check_same(read, sample());
  }
}

TEST_CASE("a failure of a kind that this program does not know is for good") {
  sample read;
  const auto done =
      read_ledger_line(padded(R"({"failure":{"kind":"from_the_future","message":"m"}})"), read);
  REQUIRE(done.has_value());
  REQUIRE(read.failure.has_value());
  CHECK(read.failure->kind == failure_kind::bad_request);
  CHECK(read.failure->message == "m");
  CHECK_FALSE(read.is_open());
}

TEST_CASE("what is no line of ours is refused") {
  struct {
    const char* text;
    const char* head_problem;  // "" where the head is whole
    const char* line_problem;
  } const table[] = {
      {"", "does not begin with a key", "is not a JSON object"},
      {"\xff{}", "does not begin with a key", "is not a JSON object"},
      {"[1]", "does not begin with a key", "is not a JSON object"},
      {"7", "does not begin with a key", "is not a JSON object"},
      {"{}", "does not begin with a key", ""},
      {R"({"key":[1,0],"verdict":"accepted","row":"00"})", "does not begin with a key", ""},
      {R"({"key":[1,-1,0],"verdict":"accepted","row":"00"})", "does not begin with a key", ""},
      {R"({"key":[1,0,0],"row":"00"})", "has no verdict behind its key", ""},
      {R"({"key":[1,0,0],"verdict":1,"row":"00"})", "has no verdict behind its key", ""},
      {R"({"key":[1,0,0],"verdict":"accepted","open":true,"row":"00"})", "is open and accepted",
       ""},
      {R"({"key":[1,0,0],"verdict":"accepted"})", "has no row behind its verdict", ""},
      {R"({"key":[1,0,0],"verdict":"failed","open":true})", "has no row behind its verdict",
       "says failed and holds a sample that is accepted"},
      {R"({"key":[1,0,0],"verdict":"accepted","row":"00","id" 1})", "", "is not a JSON object"},
  };
  for (const auto& [text, head_problem, line_problem] : table) {
    CAPTURE(text);
    const std::string line = padded(text);
    const auto head = read_line_head(line);
    CHECK((head ? "" : head.error().message) == head_problem);
    if (!head) CHECK(head.error().code == errc::mismatch);
    sample read;
    const auto whole = read_ledger_line(line, read);
    CHECK((whole ? "" : whole.error().message) == line_problem);
    if (!whole) CHECK(whole.error().code == errc::mismatch);
  }
}

TEST_CASE("a head is read whatever stands behind it") {
  const auto head = read_line_head(
      padded(R"({"key":[5,1,0],"verdict":"failed","open":true,"row":"00000000000000ff","id" 1})"));
  REQUIRE(head.has_value());
  CHECK(head->key.ordinal == 5);
  CHECK(head->key.variant == 1);
  CHECK(head->verdict == verdict::failed);
  CHECK(head->open);
  CHECK(head->row_hash == 255);
}

TEST_CASE("a verdict or a reason of a later version is refused, wherever it stands") {
  constexpr std::string_view head = R"({"key":[5,0,0],"verdict":"%","row":"00","completion":"c")";
  struct {
    const char* verdict;
    const char* more;
    const char* head_problem;
    const char* line_problem;
  } const table[] = {
      {"accepted", "", "", ""},
      {"skipped", "", "has the verdict \"skipped\", which this version of retort does not know",
       "the same"},
      {"", "", "has the verdict \"\", which this version of retort does not know", ""},
      {"rejected", R"(,"reason":"too_clever")", "",
       "has the reason \"too_clever\", which this version of retort does not know"},
      {"accepted", R"(,"reason":"too_clever")", "",
       "has the reason \"too_clever\", which this version of retort does not know"},
      {"rejected", "", "", "says rejected and holds a sample that is accepted"},
      {"rejected", R"(,"reason":7)", "", "says rejected and holds a sample that is accepted"},
      {"accepted", R"(,"reason":"incorrect")", "",
       "says accepted and holds a sample that is rejected"},
      {"accepted", R"(,"failure":{"kind":"timeout"})", "",
       "says accepted and holds a sample that is failed"},
      {"failed", "", "", "says failed and holds a sample that is accepted"},
  };
  for (const auto& [verdict, more, head_problem, line_problem] : table) {
    CAPTURE(verdict);
    CAPTURE(more);
    std::string text(head);
    text.replace(text.find('%'), 1, verdict);
    const std::string line = padded(text + more + "}");
    const auto begun = read_line_head(line);
    CHECK((begun ? "" : begun.error().message) == head_problem);
    sample read;
    const auto whole = read_ledger_line(line, read);
    const std::string expected =
        line_problem == std::string("the same") ? head_problem : line_problem;
    CHECK((whole ? "" : whole.error().message) == expected);
  }
  const auto early = read_line_head(
      padded(R"({"key":[5,0,0],"verdict":"rejected","reason":"too_clever","row":"00"})"));
  REQUIRE_FALSE(early.has_value());
  CHECK(early.error().message ==
        "has the reason \"too_clever\", which this version of retort does not know");
}

TEST_CASE("whether a failed sample is open is what its line says, whatever its error means today") {
  for (const bool open : {true, false}) {
    sample one = test::failed(3, open ? failure_kind::bad_request : failure_kind::timeout);
    one.open = open;
    const sample read = read_back(one);
    CHECK(read.is_open() == open);
    CHECK(head_of(read).open == open);
  }
  sample later;
  const std::string line = R"({"key":[5,0,0],"verdict":"failed","open":true,"row":"00",)"
                           R"("failure":{"kind":"from_the_future","message":"m"}})";
  REQUIRE(read_ledger_line(padded(line), later).has_value());
  CHECK(later.is_open());
}

TEST_CASE(
    "a head of before there were fingerprints in it has none, and says that its reason is "
    "elsewhere") {
  const auto head =
      read_line_head(padded(R"({"key":[5,0,0],"verdict":"rejected","row":"0f","id":"x"})"));
  REQUIRE(head.has_value());
  CHECK(head->row_hash == 15);
  CHECK(head->rendered == 0);
  CHECK(head->judged_by == 0);
  CHECK(head->is_rejected_unsaid);
}

TEST_CASE("columns that outputs carry along are an object in the line, and read back the same") {
  sample one = whole_sample();
  one.columns = R"("b":[1,{"c":null}],"topic":"é\"\n","n":0.1)";
  CHECK(test::ledger_line_of(one).find(R"("reference":"8","columns":{)" + one.columns + "},") !=
        std::string::npos);
  CHECK(read_back(one).columns == one.columns);
  CHECK(read_back(whole_sample()).columns == "");
}
