// What the judges of a run will be asked, as far as that is known before there is an answer to
// judge. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/config/prices.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/evaluators/judge.hpp"
#include "engine/judging/judge_appraiser.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct judge_forecast {
  std::string name;   // the evaluator's
  std::string model;  // that judges
  std::string step;   // whose answers; "" where there are none
  // One for each vote on each answer. It is none at least: what something else rejects is not
  // judged.
  std::uint64_t requests = 0;
  std::uint64_t most_requests = 0;  // where no reply could be read
  std::int64_t input_tokens = 0;    // of `requests`, estimated, the answers aside
  // Of `requests`, answers of max_tokens included; nothing where nothing bounds them.
  std::optional<std::int64_t> most_input_tokens = 0, output_tokens = 0;
  std::optional<price> costs;

  std::optional<double> most_usd() const;
};

// Counts one judge's requests, sample by sample.
class judge_count {
 public:
  // `to` is the judge's endpoint; all outlive it. errc::usage.
  static result<judge_count> make(const config& run, const judge_config& of, const endpoint& to);

  // An answer to this record, of so many tokens at most.
  void add(std::string_view row, const std::optional<std::string>& reference,
           std::optional<std::int64_t> most_answer);

  judge_forecast out;

 private:
  judge_count(const judge_config& of, const endpoint& to, judge_rule rule, judge_prompt prompt)
      : of_(&of), to_(&to), rule_(std::move(rule)), prompt_(std::move(prompt)) {}

  const judge_config* of_;
  const endpoint* to_;
  judge_rule rule_;
  judge_prompt prompt_;
};

}  // namespace retort::engine
