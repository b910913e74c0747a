// A run that was divided otherwise before goes on from what is done
// (engine/directory/adoption.hpp): its lines, and its part of the budget. The engine's thread,
// before its loop runs.
#pragma once

#include "engine/run/run_parts.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Takes the run's own ledger, of.own_ledger, and fills that up; sets the purse. errc::busy,
// errc::mismatch, errc::disk, errc::cancelled.
result<void> adopt(run_parts& of);

}  // namespace retort::engine
