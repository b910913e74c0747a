// Turns of a record's own conversation that nobody is to learn (weight 0), and outputs that cannot
// say so: their consumers would learn them. Pure; any thread.
#pragma once

#include "engine/config/config.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// The assistant's: what others say is learnt nowhere, or everywhere.
bool has_unlearnt_turn(const sample& of);

// errc::dataset where the record has such a turn and no output could have what is made of it: that
// is known before anything is paid for.
result<void> check_unlearnt_turns(const config& run, const sample& asked);

}  // namespace retort::engine
