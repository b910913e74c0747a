// A conversation that a record brings, as the turns of a session: each of its user's messages with
// what stands before it. What its model says is left out, since the answers are the endpoint's own.
// Pure; any thread.
#pragma once

#include <vector>

#include "io/base/error.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

using turn_messages = std::vector<providers::message>;

// At least one. What stands behind the user's last message is not asked about. errc::dataset where
// nobody asks, or a tool answers a call that will not have been made.
result<std::vector<turn_messages>> own_turns(std::vector<providers::message> conversation);

}  // namespace retort::engine
