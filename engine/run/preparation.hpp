// Before the first request: the parts of a run, made one after the other, each of which may find
// that there can be no run. The engine's thread, before its loop runs.
#pragma once

#include <functional>

#include "engine/run/run_parts.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

using run_stop = std::function<void(exit_status, const std::string& reason)>;

// One clear error, and nothing has been sent. `stop` is how a run at work is ended early, by
// whatever part of it. errc::cancelled soon after both interrupts of `of` are raised.
result<void> prepare(run_parts& of, const run_stop& stop);

}  // namespace retort::engine
