// The way of a record: carry() takes it down the whole line. Read record.cpp first: it is the
// program. One thread: the engine's.
#pragma once

#include <cstdint>

#include "engine/record/attempt.hpp"
#include "engine/record/outlet.hpp"
#include "engine/record/shared_run.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

// One sample of one record: from its row to its ledger line, however many attempts it takes.
io::awaitable<> carry(shared_run* run, fed_row row, std::uint32_t variant);

// dataset -> prompt; batches begin with it too.
result<void> ask(shared_run& run, const fed_row& row, std::uint32_t variant, sample& asked);
result<void> render_row(shared_run& run, const io::row& row, sample& into);  // nobody asks again

}  // namespace retort::engine
