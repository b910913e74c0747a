// What is done about an attempt that has ended: its place is given back, its endpoint's history is
// written, and what was decided (engine/endpoint/next_step.hpp) is carried out. An endpoint's
// refusals are tried before they are believed: a sample that was refused is held until the endpoint
// has answered another one, which clears it, or is condemned. One thread: the engine's.
#pragma once

#include "engine/endpoint/admission.hpp"
#include "engine/endpoint/next_step.hpp"
#include "engine/record/attempt.hpp"
#include "engine/record/shared_run.hpp"

namespace retort::engine {

// The response is read: its place is free, and the gate and the history know what it told.
void settle(shared_run& run, admission& gate, permit& place, const attempt& of,
            const result<io::http_response>& response, const providers::outcome& outcome);

// Decides what follows, and does what concerns the endpoint and the run; of the acts retire is not
// among those returned.
next_step conclude(shared_run& run, admission& gate, const attempt& of,
                   const result<io::http_response>& response, const providers::outcome& outcome,
                   tries& before);

// For a sample that is to be held: until its endpoint is cleared, or will not be; says then what
// follows instead.
io::awaitable<> hold(shared_run* run, endpoint* to, sample* held, next_step* next);

// Tells the person, once for each endpoint, that its server was caught answering unasked.
void say_who_answers_unasked(shared_run& run);

}  // namespace retort::engine
