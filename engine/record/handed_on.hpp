// The answers of a record's earlier steps, kept as long as its later ones may go on from them: in
// flight, or read from the ledger again. One thread: the engine's.
#pragma once

#include <cstdint>
#include <string>

#include "engine/record/record.hpp"
#include "engine/record/shared_run.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Keeps what a sample that was accepted hands on; nothing of the last step.
void hand_on(shared_run& run, record& of, const sample& done);

// What the prompt of that sample is told of the steps before it: a steps_context().
// errc::mismatch, errc::unreadable where the ledger does not have it any more.
result<std::string> answers_before(shared_run& run, record& of, const sample_key& key);

// Of those accepted among the slots from `first` on, as many as that step is wide, only the best
// is handed on: by its score, then the shorter, then the first.
result<void> choose_one(shared_run& run, record& of, std::uint32_t first);

}  // namespace retort::engine
