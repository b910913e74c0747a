// Every measured request as a line of CSV: what a trial's figures are made of, to be looked at one
// by one. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/bench/trial.hpp"
#include "engine/measure/measurement.hpp"

namespace retort::engine {

std::string request_head();
// Of every version: how such a file is known.
inline constexpr std::string_view request_head_begin = "endpoint,model,";
// `since`: what times of day are counted from. Times are in milliseconds; "" is missing.
void append_request(const trial_result& of, const measurement& one, measurement::stamp since,
                    std::string& out);

}  // namespace retort::engine
