// What earlier processes left in the ledger, taken up by a run under the config at hand: what is
// done, how it is judged now, what it has cost. The engine's thread, before its loop runs.
#pragma once

#include "engine/run/run_parts.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Fills of.found, of.rendered, of.dataset and the counts. errc::mismatch when the config or the
// dataset is not the ledger's.
result<void> take_up_ledger(run_parts& of);

// What the samples of a ledger cost, judges' replies among them, sample by sample; that of the run
// or of another of its shards.
result<void> count_spending(run_parts& of, const std::string& ledger, budget& into);
// The same of all of these, where a line that stands in several counts once. Memory: some 50 bytes
// for each line, where there are several.
result<budget::amount> spent_in(run_parts& of, const std::vector<std::string>& ledgers);

}  // namespace retort::engine
