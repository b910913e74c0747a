// What a run notes of itself in summary.json, that it has begun and what it has come to, in the
// dataset card, and of its budget in spending.json. The engine's thread, outside its loop.
#pragma once

#include "engine/run/run_parts.hpp"

namespace retort::engine {

// The prices of all who are asked.
bool knows_prices(const run_parts& of);
// Once it is sure that there is a run. errc::disk, errc::unwritable.
result<void> note_beginning(run_parts& of);
// How far a shard at work is: written by a thread of its own.
void note_progress(run_parts& of, const progress_snapshot& at);
// What was spent so far, and is under way: the same.
void note_spending(run_parts& of);
// Once of.summary is filled.
result<void> note_end(run_parts& of);

}  // namespace retort::engine
