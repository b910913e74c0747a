// The end of a run: what is open is written to its end, and what it came to is summed up. The
// engine's thread, after its loop.
#pragma once

#include "engine/run/run_parts.hpp"

namespace retort::engine {

// The ledger first, then the views that follow it. Fills of.summary.
void close(run_parts& of);

}  // namespace retort::engine
