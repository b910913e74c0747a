// Which samples `retort inspect` shows. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// "numeric<1", "judge>=0.5", "json_field=unscored"
struct score_condition {
  std::string evaluator;
  enum class relation { less, at_most, more, at_least, equal, unscored } is = relation::equal;
  double value = 0;
};

struct sample_filter {
  std::optional<engine::verdict> verdict;
  std::optional<reject_reason> reason;
  std::optional<std::uint32_t> variant;
  std::string step;  // its name
  std::string id;    // the record's, all of it
  std::string text;  // in the prompt, the answer, its reasoning or the error; case counts
  std::vector<score_condition> scores;  // all hold

  bool lets(const sample& one) const;
};

// errc::usage says what was expected.
result<engine::verdict> read_verdict_word(const std::string& word);
result<reject_reason> read_reason_word(const std::string& word);
result<score_condition> read_score_condition(const std::string& text);

}  // namespace retort::engine
