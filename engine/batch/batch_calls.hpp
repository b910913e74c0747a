// A batch at its provider: created once, whatever happens meanwhile, asked about until it has
// ended, its answers fetched. A call is repeated until it is answered well; what no repetition
// helps ends the run, and so does, resumably, a server that never answered anything or that
// answers with nonsense. One thread: the engine's.
#pragma once

#include <optional>
#include <string>

#include "engine/batch/batch.hpp"
#include "engine/endpoint/endpoint.hpp"

namespace retort::engine {

endpoint& endpoint_of(shared_run& run, const batch_desk& desk);

// Ends the run: waiting does not help.
void give_up(shared_run& run, const batch_desk& desk, const providers::failure& why);

// Creates the batch unless that was done, and waits until the provider is through with it: it has
// ended. One that is refused for want of room is created again. Nothing once the run stops.
io::awaitable<std::optional<providers::batch_status>> see_through(shared_run* run, batch_desk* desk,
                                                                  away_batch* batch);

// Brings a file of answers into `path`, whole; false once the run stops.
io::awaitable<bool> fetch(shared_run* run, batch_desk* desk, std::string target, std::string path);

}  // namespace retort::engine
