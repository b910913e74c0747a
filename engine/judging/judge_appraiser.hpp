// Evaluator `judge`: another model's verdict on a completion, through its own gate. One thread: the
// engine's.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/config/config.hpp"
#include "engine/generate/generator.hpp"
#include "engine/judging/appraiser.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// `run` and `asking` outlive it; asking->gates[gate] is the judge's, by the time it is asked.
// errc::usage for a prompt that is no template.
result<std::unique_ptr<appraiser>> make_judge_appraiser(const config& run, const judge_config& of,
                                                        generator* asking, std::size_t gate);

}  // namespace retort::engine
