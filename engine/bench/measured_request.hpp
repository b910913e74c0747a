// One request to its end, sent once and measured: no gate, no quota, no retry. One thread: the
// loop's.
#pragma once

#include "engine/bench/prompt_supply.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/measure/measurement.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

// What stands in `into` before (when it was scheduled, sent off) stays. All outlive it.
io::awaitable<> measure(endpoint* to, const asked_prompt* what, bool streams, measurement* into);

}  // namespace retort::engine
