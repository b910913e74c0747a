#include "engine/sample/plain_line.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/sample/line_reader.hpp"
#include "tests/support/samples.hpp"

using namespace retort;
using namespace retort::engine;
using test::padded;

namespace {

// Everything that a plain line may have.
sample full_sample() {
  sample one =
      test::answered(12, "a \"quoted\"\n\tword \\ \x01 é, and so long that it is many blocks");
  one.key = {12, 3, 1, 1, 7};
  one.step = "solve";
  one.messages = {
      {"system", "Be brief."}, {"user", "What is 5 + 3?"}, {"tool", "8", "adder", "c1"}};
  one.messages[1].weight = 1;
  one.messages[2].reasoning = "so";
  one.messages[2].weight = 0;
  one.completion.reasoning = "five and three";
  one.completion.refusal = "no";
  one.completion.finish_reason = "end_turn";
  one.completion.model = "fake-model-2024";
  one.completion.request_id = "req-1";
  one.completion.service_tier = "flex";
  one.completion.usage = {100, 40, 30, 20, 7};
  one.evaluations = {{"numeric", 0.25, "9"},
                     {"judge", std::nullopt, "", 17, providers::usage{.input = 3}, true}};
  one.rejected = reject_reason::incorrect;
  one.reject_detail = "as \"q3\"";
  one.judged_by = 0xfedcba9876543210;
  one.rendered = 1;
  one.endpoint = "http://a";
  one.is_earlier = true;
  one.has_more = true;
  one.finished_at_ms = 1'700'000'000'123;
  one.latency_us = 421125;
  one.first_byte_us = 20001;
  one.first_token_us = 20002;
  one.last_token_us = 421124;
  return one;
}

sample plain_sample() { return test::answered(3, "4"); }

bool is_plain(const std::string& line) {
  sample into;
  verdict_words words;
  std::vector<providers::message> room;
  return read_plain_line(line, into, words, room);
}

// What is read of a line, or the error.
std::string read(const std::string& line) {
  sample into;
  const auto done = read_ledger_line(line, into);
  return done ? test::ledger_line_of(into) : done.error().message;
}

// The same with one more member, so that it is no plain line.
std::optional<std::string> with_another(std::string line) {
  if (!line.ends_with('}')) return std::nullopt;
  line.pop_back();
  return padded(line + R"(,"another":0})");
}

}  // namespace

TEST_CASE("a line as it is written today is read in one pass, and as JSON says the same") {
  for (const sample& one : {full_sample(), plain_sample()}) {
    const std::string line = padded(test::ledger_line_of(one));
    CHECK(is_plain(line));
    CHECK(read(line) == line);
    const std::string other = *with_another(line);
    CHECK_FALSE(is_plain(other));
    CHECK(read(other) == line);
    std::string sealed = test::sealed_line(line);
    sealed.pop_back();
    CHECK(is_plain(padded(sealed)));
  }
}

TEST_CASE("what only some lines have is for the reader of JSON") {
  sample one = plain_sample();
  one.completion.tool_calls = {{"call_1", "add", "{}"}};
  CHECK_FALSE(is_plain(padded(test::ledger_line_of(one))));
  CHECK_FALSE(
      is_plain(padded(test::ledger_line_of(test::failed(3, providers::failure_kind::timeout)))));
  CHECK_FALSE(is_plain(""));
}

TEST_CASE("a line changed at any byte is read in one pass only where JSON says the same") {
  std::size_t plain = 0, changed = 0;
  for (const sample& one : {full_sample(), plain_sample()}) {
    const std::string line = test::ledger_line_of(one);
    for (std::size_t at = 0; at < line.size(); ++at) {
      for (const char c : std::string_view("\0\x01 \"\\,:{}[]07a.-eEnu\x7f\x80\xc3\xff", 24)) {
        std::string other = line;
        other[at] = c;
        other = padded(other);
        const auto as_json = with_another(other);
        if (!as_json) continue;
        ++changed;
        plain += is_plain(other);
        const bool is_same = read(other) == read(*as_json);
        if (!is_same) CHECK_MESSAGE(is_same, other);
      }
      // And with the byte gone.
      std::string shorter = line;
      shorter.erase(at, 1);
      shorter = padded(shorter);
      const auto as_json = with_another(shorter);
      const bool is_same = !as_json || read(shorter) == read(*as_json);
      if (!is_same) CHECK_MESSAGE(is_same, shorter);
    }
  }
  CHECK(plain > changed / 10);
  CHECK(plain < changed);
}

TEST_CASE("a number in another form is read as JSON reads it") {
  const std::string line = test::ledger_line_of(full_sample());
  for (const char* score : {"1", "0", "0.5", "1e-1", "0.1E1", "00.5", ".5", "1.", "-0.5", "0.25x",
                            "123456789012345678901", "0.3333333333333333", "1.0"}) {
    CAPTURE(score);
    std::string other = line;
    other.replace(other.find("0.25"), 4, score);
    other = padded(other);
    CHECK(read(other) == read(*with_another(other)));
  }
}
