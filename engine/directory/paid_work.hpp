// Whether something in a run directory was paid for: then it is gone on with under the same config
// and division, or not at all. A ledger alone does not tell, since what is away in a batch, and
// what was under way when a process was killed, has no line. One thread.
#pragma once

#include "engine/directory/run_directory.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// A batch that was sent has not come back yet; a draft that was never sent is none.
// errc::unreadable, errc::disk.
result<bool> has_batches_away(const run_directory& where);

// That, or its ledger has lines, or it has noted what it spent beyond them. errc::mismatch,
// errc::unreadable, errc::disk.
result<bool> has_paid_work(const run_directory& where);

}  // namespace retort::engine
