// What a report shows of a run: one pass over its ledger, in memory that does not grow with it, but
// for bits for the samples. Plain values; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/look/found_run.hpp"
#include "engine/look/rightness.hpp"
#include "engine/report/time_line.hpp"
#include "engine/statistics/log_histogram.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Of those answers whose provider told them.
struct told_tokens {
  std::int64_t sum = 0;
  std::uint64_t answers = 0;

  void add(std::int64_t tokens) {
    if (tokens >= 0) sum += tokens, ++answers;
  }
};

struct variant_report {
  std::uint64_t accepted = 0, rejected = 0, failed = 0;
  std::uint64_t right = 0, told = 0;  // of those that the evaluators that decide could tell
  log_histogram latency_us;
  told_tokens input, output;
};

struct evaluator_report {
  static constexpr std::size_t bins = 20;
  std::uint64_t scored = 0, unscored = 0, passed = 0;  // passed: at the threshold or above
  double sum = 0;
  std::array<std::uint64_t, bins> histogram{};  // of scores from 0 to 1
  usage_sum used;                               // of what costs something
};

// Texts are cut, and not yet fit to be shown.
struct shown_sample {
  std::string id, label, verdict, reason, prompt, reference, completion, reasoning, detail;
  std::vector<evaluation> evaluations;
  std::uint64_t rank = 0;  // which are shown goes by it
  sample_key key;
  bool is_open = false;
};

struct report_data {
  std::uint64_t accepted = 0, handed_on = 0, failed = 0;  // as in view_counts
  reject_counts rejected;
  std::map<std::string, std::uint64_t> failures;          // by kind
  using place = std::pair<std::uint32_t, std::uint32_t>;  // step and variant
  std::map<place, variant_report> variants;
  std::map<std::pair<std::uint32_t, std::string>, evaluator_report> evaluators;  // step and name
  log_histogram latency_us, lengths;  // of answers; lengths in code points
  time_line times;
  std::map<std::string, std::vector<shown_sample>> samples;  // by verdict and reason
  ledger_account account;
  std::uint64_t lines = 0, damaged = 0;

  std::uint64_t all() const { return accepted + handed_on + rejected.all() + failed; }
};

// Names of evaluators beyond so many are one: a ledger is a file from anywhere.
inline constexpr std::size_t most_evaluators = 100;
inline constexpr std::size_t samples_shown = 5;  // of each verdict and reason

// errc::mismatch, errc::unreadable.
result<report_data> read_report(const found_run& of);

}  // namespace retort::engine
