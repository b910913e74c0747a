// A run's servers and its gates: nobody is sent to a server before it is ready or while it is
// started again; the first who waits for one has them all started. One thread: the engine's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/generate/generator.hpp"
#include "engine/serve/server_plan.hpp"
#include "engine/serve/servers.hpp"

namespace retort::engine {

// `by` has the gates of `what`, whose endpoints plan_servers() has set; both outlive the servers.
// One that is never ready stops the run with exit_status::bad_input, one that ends again and again
// is taken out of use. Null where nothing is planned.
std::unique_ptr<servers> attach_servers(const config& what, std::vector<planned_server> planned,
                                        generator& by);

}  // namespace retort::engine
