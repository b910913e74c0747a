// What earlier processes left in the ledger, taken up by a run under the config at hand: what is
// done, how it is judged now, what it has cost. The engine's thread, before its loop runs.
#pragma once

#include "engine/run/run_parts.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Fills of.found, of.rendered, of.dataset and the counts. errc::mismatch when the config or the
// dataset is not the ledger's.
result<void> take_up_ledger(run_parts& of);

}  // namespace retort::engine
