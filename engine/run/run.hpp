// A run: a dataset becomes fine-tuning data. Resumes what the run directory holds.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/generate/exit_status.hpp"
#include "engine/quota/budget.hpp"
#include "engine/record/progress_display.hpp"
#include "engine/views/view_fold.hpp"
#include "io/base/error.hpp"
#include "io/net/service_lookup.hpp"

namespace retort::engine {

struct run_options {
  bool fresh = false;  // start over; an earlier run is kept beside
  bool warns_of_config = true;
  bool is_pilot = false;  // of a larger run: it ends as one that stopped early
  display_kind display = display_kind::automatic;
  std::string metrics;  // where they are shown (metrics_outlet.hpp); "": nowhere
  std::map<std::size_t, embedded_provider> embedded;  // by index of the model entry
  std::optional<io::name_server> name_server;         // for tests; else the system's
};

struct run_summary {
  exit_status status = exit_status::done;
  std::string reason;      // why it stopped before the end; "" when it did not
  std::string moved_to;    // where --fresh put an earlier run
  view_counts counts;      // over the whole ledger
  progress_snapshot last;  // of this process
  std::string bound_by;    // "bound by: token quota 83 %, ..."; "" when it was over at once
  // Mean of |expected - actual| / actual of the tokens that the first model entry's requests were
  // estimated at; 0 without a quota of tokens.
  double input_error = 0, output_error = 0;
  std::optional<std::int64_t> spent_tokens;  // of the budget, where there is one
  std::optional<double> spent_usd;           // the same, where prices are known
  std::uint64_t untold = 0;  // attempts of this process that last.usd lacks: admission::untold()
  io::http_counters http;    // of this process, all endpoints
  std::vector<written_view> views;
  std::string directory;
  // What the same command would do now.
  bool is_fresh = false;     // start over once more
  bool is_piped = false;     // its dataset can be read only once
  bool over_budget = false;  // stop again at once
  bool is_whole = true;      // all that was finished is in the ledger
  bool is_exported = true;   // the files of the views hold what they say
};

// Blocks until the run is over; handles SIGINT and SIGTERM meanwhile. The error (bad input, a
// directory in use, another dataset) means that nothing was sent.
result<run_summary> run(const config& what, const run_options& options);

}  // namespace retort::engine
