// How much later than asked for a sleeping thread of this machine wakes up: 50 us on a virtual one
// that is idle. Who has something to do at a time asks to be woken by so much sooner, and waits out
// the rest, if there is one. One thread: the loop's.
#pragma once

#include <chrono>
#include <vector>

#include "io/base/awaitable.hpp"

namespace retort::engine {

// Of measured delays: what three in four are at least, so that hardly anything is left to wait for;
// none longer than 100 us, for which no thread is to keep a core busy. Pure; empty: 0.
std::chrono::nanoseconds usual_delay(std::vector<std::chrono::nanoseconds> measured);

// Sleeps 32 times for half a millisecond.
io::awaitable<std::chrono::nanoseconds> measure_wake_delay(io::executor on);

}  // namespace retort::engine
