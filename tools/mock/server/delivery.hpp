// How a good answer goes over the wire, and what a fault makes of it on the way. Pure; any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tools/mock/dialects/framing.hpp"
#include "tools/mock/dialects/sse.hpp"
#include "tools/mock/faults/fault.hpp"
#include "tools/mock/faults/reaction.hpp"

namespace retort::mock {

// One body. Faults that are for others change nothing.
reaction deliver_whole(fault met, const std::string& good, framing how);

// A chunk per event, all at once or with a pause between the pieces of the answer.
reaction deliver_events(fault met, std::vector<event> events, framing how,
                        std::chrono::microseconds pause);

// So many events stand before what happens in the middle of a stream.
std::size_t middle_of(const std::vector<event>& events);

}  // namespace retort::mock
