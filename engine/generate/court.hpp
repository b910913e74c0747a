// What is done about an attempt that has ended: its place is given back, its endpoint's history is
// written, and what was decided (engine/endpoint/next_step.hpp) is carried out. An endpoint's
// refusals are tried before they are believed: a sample that was refused is held until the endpoint
// has answered another one, which clears it, or is condemned. One thread: the engine's.
#pragma once

#include "engine/endpoint/admission.hpp"
#include "engine/endpoint/next_step.hpp"
#include "engine/generate/attempt.hpp"
#include "engine/generate/generator.hpp"

namespace retort::engine {

// The response is read: its place is free, and the gate and the history know what it told.
void account_for(generator& by, admission& gate, permit& place, const attempt& of,
                 const result<io::http_response>& response, const providers::outcome& outcome);

// Decides what follows, and does what concerns the endpoint and the run; of the acts retire is not
// among those returned.
next_step conclude(generator& by, admission& gate, const attempt& of,
                   const result<io::http_response>& response, const providers::outcome& outcome,
                   tries& before);

// Takes the endpoint out of use; with a model entry's last one the run ends. `resumable`: what
// keeps it from answering may pass. `is_said`: already, of another entry's at the same server.
void retire(generator& by, admission& gate, endpoint& to, const providers::failure& why,
            bool resumable, bool is_said = false);

// For one that is to be held: until its endpoint is cleared, or will not be; says then what
// follows instead.
io::awaitable<> hold(generator* by, endpoint* to, std::uint64_t who, generation* held,
                     next_step* next);

// Tells the person, once for each endpoint, that its server was caught answering unasked.
void say_who_answers_unasked(generator& by);

}  // namespace retort::engine
