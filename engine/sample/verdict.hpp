// How one finished sample is judged, in words: its verdict, what each evaluator said of it, and why
// it was rejected. Plain values, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/body/types.hpp"

namespace retort::engine {

enum class verdict { accepted, rejected, failed };
// The word for it in ledgers, reports and messages.
std::string_view name(verdict);
std::optional<verdict> verdict_named(std::string_view word);

struct evaluation {
  std::string name;                 // the evaluator's: "numeric", or as the config calls it
  std::optional<double> score = 0;  // in [0,1]; nothing: unscored, neither right nor wrong
  std::string detail = {};  // what was found in the completion, or why nothing was; one short line
  // Of one that cost something: what it was made by and of, so that it is not paid for again (0: of
  // one that did not), and what it used.
  std::uint64_t fingerprint = 0;
  std::optional<providers::usage> usage = {};
  bool is_earlier = false;         // it stands, with what it used, in an earlier line of the sample
  std::vector<double> votes = {};  // of a judge that has not all of them yet: those it has

  // By what costs something, to its end.
  bool is_made() const { return fingerprint != 0 && votes.empty(); }
};

// Each sample is counted under the first that applies: error, cut_off, no_output, incorrect or
// unscored by what costs nothing, the lengths, then as they stand here; incorrect or unscored by
// what costs something last.
enum class reject_reason {
  error,         // the sample failed: there is no completion
  no_output,     // the completion is empty or white space
  incorrect,     // only_correct, and a deciding evaluator does not hold it correct
  too_short,     // fewer code points than min_length
  too_long,      // more code points than max_length
  cut_off,       // it ended with none of filter.finish, empty or not
  unscored,      // only_correct, and a deciding evaluator could not tell
  where,         // filter.where does not hold
  contaminated,  // a benchmark of filter.decontaminate has it
  duplicate,     // filter.unique: one accepted before has the same text
  per_record,    // as many of its record were accepted before
  not_kept,      // of an accepted one, in the views only: another of its record is kept
                 // (samples.keep)
  format,        // the same: it breaks a rule of who reads the output, whose format can not have it
};
inline constexpr std::size_t reject_reasons = 13;

// In their order.
inline constexpr auto all_reject_reasons = [] {
  std::array<reject_reason, reject_reasons> out{};
  for (std::size_t i = 0; i < reject_reasons; ++i) out[i] = static_cast<reject_reason>(i);
  return out;
}();

// How many were rejected for which reason.
struct reject_counts {
  std::array<std::uint64_t, reject_reasons> by_reason{};

  std::uint64_t& operator[](reject_reason why) { return by_reason[static_cast<std::size_t>(why)]; }
  std::uint64_t operator[](reject_reason why) const {
    return by_reason[static_cast<std::size_t>(why)];
  }
  std::uint64_t all() const {
    return std::accumulate(by_reason.begin(), by_reason.end(), std::uint64_t{0});
  }
  bool operator==(const reject_counts&) const = default;
};

// The word for it in ledgers, reports and messages: "no_output".
std::string_view name(reject_reason);
std::optional<reject_reason> reason_named(std::string_view word);

}  // namespace retort::engine
