// Starts a record's way for every sample that the ledger does not hold, as fast as admission, the
// disk and the sleepers let it; samples of an entry with mode: batch go to their desk instead. One
// thread: the engine's.
#pragma once

#include "engine/batch/batch.hpp"
#include "engine/record/shared_run.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

// More sleep than memory should hold.
bool is_too_much_asleep(const shared_run& run);

// Until the dataset ends or the run stops; what was started may still be under way then.
io::awaitable<> feed_records(shared_run* run, const batch_desks* desks);

}  // namespace retort::engine
