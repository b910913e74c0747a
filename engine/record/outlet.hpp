// Where a record's way ends: a finished sample is masked, judged, and written to the ledger and the
// views, and counted; a row that is none is counted too, or ends the run. One thread: the engine's.
#pragma once

#include <string>

#include "engine/record/shared_run.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

// verdict -> ledger -> views -> counts
void finish(shared_run& run, sample& done);

// A row that cannot be a prompt: under on_error: fail the run stops at the first, else it is
// counted and named, once for all of its variants, which come one after the other.
void reject_row(shared_run& run, const fed_row& row, const error& why);
void skip_row(shared_run& run, const std::string& line);  // under on_error: skip

// More waits for the disk than memory should hold.
bool is_behind_disk(const shared_run& run);

}  // namespace retort::engine
