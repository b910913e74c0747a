// Evaluator `command`: samples given to a program of the user's. One thread: the engine's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/evaluator/evaluator_config.hpp"
#include "engine/generate/stop_token.hpp"
#include "engine/judging/appraiser.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Starts a first process, which is told none of the `keys` (names of variables). A command that
// dies again and again stops the run. errc::usage where it cannot be started.
result<std::unique_ptr<appraiser>> make_command_appraiser(const evaluator_config& of,
                                                          std::vector<std::string> keys,
                                                          io::executor on, stop_token* run);

}  // namespace retort::engine
