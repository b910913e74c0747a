// Evaluator `code`: a completion's code and its record's tests, run in the sandbox. One thread: the
// engine's.
#pragma once

#include <memory>

#include "engine/config/config.hpp"
#include "engine/evaluator/evaluator_config.hpp"
#include "engine/judging/appraiser.hpp"
#include "engine/sandbox/sandbox.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// `in` outlives it; several may share it. errc::usage for tests that are no template.
result<std::unique_ptr<appraiser>> make_code_appraiser(const config& run,
                                                       const evaluator_config& of, sandbox* in);

}  // namespace retort::engine
