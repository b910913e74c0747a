// One request to its end, sent once and measured: no gate, no quota, no retry. One thread: the
// loop's.
#pragma once

#include <string>

#include "engine/bench/prompt_supply.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/measure/measurement.hpp"
#include "io/base/awaitable.hpp"
#include "providers/failure/rate_limits.hpp"

namespace retort::engine {

std::string request_body(const endpoint& to, const asked_prompt& what, bool streams);

// What stands in `into` before (when it was scheduled, sent off, is to be given up) stays; `told`,
// where it is not null, is what the response's headers say of quotas; `answer` likewise what came.
// All outlive it.
io::awaitable<> measure(endpoint* to, const asked_prompt* what, bool streams, measurement* into,
                        providers::rate_limits* told = nullptr,
                        providers::completion* answer = nullptr);

}  // namespace retort::engine
