// Finished samples and the ledgers that hold them, for tests of what is made from a ledger.
// Any thread.
#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/directory/resume.hpp"
#include "engine/sample/line_reader.hpp"
#include "engine/sample/line_writer.hpp"
#include "engine/sample/sample.hpp"
#include "io/ledger/ledger_log.hpp"
#include "tests/support/ledger_lines.hpp"

namespace retort::test {

// A text as simdjson reads it where it lies.
inline std::string padded(std::string text) {
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  return text;
}

// Row n of a test's dataset: {"id":"q3","question":"What is 3 + 1?","answer":"4"}
inline std::string sum_row(std::uint64_t n) {
  return fmt::format(R"({{"id":"q{0}","question":"What is {0} + 1?","answer":"{1}"}})", n, n + 1);
}

inline std::string sum_rows(std::uint64_t begin, std::uint64_t end) {
  std::string rows;
  for (auto n = begin; n < end; ++n) rows += sum_row(n) + '\n';
  return rows;
}

// What that row becomes when the model answers `text`; not judged yet.
inline engine::sample answered(std::uint64_t ordinal, std::string text, std::uint32_t variant = 0) {
  engine::sample made;
  made.key = {ordinal, variant, 0};
  made.row_hash = engine::hash_row(sum_row(ordinal));
  made.id = fmt::format("q{}", ordinal);
  made.messages = {{"user", fmt::format("What is {} + 1?", ordinal)}};
  made.reference = fmt::format("{}", ordinal + 1);
  made.completion.text = std::move(text);
  made.completion.finish_reason = "stop";
  made.completion.finish = providers::finish::stop;
  made.attempts = 1;
  return made;
}

inline engine::sample failed(std::uint64_t ordinal, providers::failure_kind kind,
                             std::uint32_t variant = 0) {
  engine::sample made = answered(ordinal, "", variant);
  made.completion = {};
  made.failure = providers::failure{kind, 0, "no answer", {}};
  return made;
}

inline engine::sample rejected(engine::sample made, engine::reject_reason why) {
  made.rejected = why;
  return made;
}

inline std::string ledger_line_of(const engine::sample& one) {
  std::string line;
  engine::append_ledger_line(one, line);
  return line;
}

// A whole ledger file with these samples.
inline std::string ledger_of(const std::vector<engine::sample>& samples) {
  std::string lines = io::ledger_header();
  for (const auto& one : samples) lines += sealed_line(ledger_line_of(one));
  return lines;
}

inline std::vector<engine::sample> samples_in(const std::string& ledger) {
  std::vector<engine::sample> found;
  const auto scanned = io::scan_ledger(ledger, [&found](const io::ledger_line& line) {
    engine::read_ledger_line(line.text, found.emplace_back()).value();
    return true;
  });
  scanned.value();
  return found;
}

}  // namespace retort::test
