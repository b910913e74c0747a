// What earlier processes left in the ledger, taken up by a run under the config at hand: what is
// done, how it is judged now, what it has cost. The engine's thread, before its loop runs.
#pragma once

#include "engine/run/run_parts.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Fills of.found, of.away, of.rendered, of.dataset and the counts. errc::mismatch when the config
// or the dataset is not that of the ledger and of the batches that are away.
result<void> take_up_ledger(run_parts& of);

// What a sample's line tells of what it cost, judges' replies among it; counts that a provider did
// not give are as large as the texts. `done`: of the own ledger, or of another of the run's shards.
void add_spending(const run_parts& of, const sample& done, budget& to);
// What these ledgers tell, where a line that stands in several counts once, and what was spent
// beyond each (engine/directory/spending_note.hpp), also by prices that have changed. Memory: some
// 50 bytes for each line, where there are several.
result<budget::amount> spent_in(run_parts& of, const std::vector<std::string>& ledgers);

}  // namespace retort::engine
