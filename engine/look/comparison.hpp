// Runs side by side: what `retort compare` tells. Each ledger is read once, as its lines say;
// memory is some 30 bytes for each record under each variant, and 12 more for each answer where
// records have several. Statistics: engine/statistics. One thread, which has one more for each run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/look/found_run.hpp"
#include "engine/statistics/bootstrap.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// k, and an estimate over the records that have at least k answers that could be told.
using at_k = std::vector<std::pair<std::uint32_t, double>>;

// One step and variant of one run.
struct compared {
  std::string run;    // as it was given
  std::string label;  // step, model and what varies
  std::uint64_t records = 0, accepted = 0, rejected = 0, failed = 0;
  // Of the answers, those accepted; of those that the evaluators that decide could tell, the right.
  std::optional<estimate> acceptance, accuracy;
  std::optional<estimate> output_tokens, input_tokens;  // of an answer
  std::optional<estimate> latency_s;
  std::optional<double> latency_p50_s, latency_p95_s;
  std::optional<estimate> usd;  // of an answer, without its judges
  // Of a last step: all answers' over the accepted ones, those of earlier steps among the former;
  // nothing where one is not known.
  std::optional<double> usd_per_accepted;
  at_k pass, majority;        // where records have several answers that could be told
  std::uint64_t damaged = 0;  // lines of the ledger
};

// The first against another one, on the records of which both have an answer that could be told.
struct paired {
  std::size_t first = 0, other = 0;  // places in the list
  std::uint64_t records = 0;
  std::uint64_t better = 0, worse = 0;  // records on which the other one did so
  std::optional<estimate> difference;   // of the records' shares of right answers: the other's more
  double p = 1;                         // sign_test()
  bool by_acceptance = false;           // of accepted ones, where one of them has no evaluator
};

struct comparison {
  std::vector<compared> rows;
  std::vector<paired> pairs;
  bool stops_early = false;  // samples.until_accepted: pass@k leans on how records were left
  bool escalates = false;    // later models were asked of what the first ones left
};

// errc::mismatch, errc::unreadable.
result<comparison> compare_runs(const std::vector<found_run>& runs);

}  // namespace retort::engine
