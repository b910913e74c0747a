// The verdict over one finished sample: accepted, or rejected for the first reason that applies.
// Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/config/config.hpp"
#include "engine/sample/verdict.hpp"

namespace retort::engine {

// `only_correct`, left open in the config, means yes once there is an evaluator.
filter_config with_defaults(filter_config, std::span<const evaluator_config>);

// Why the sample is rejected; nothing when it is accepted. `completion` is nothing for a failed
// sample, and what it `ended` with does not count then; its length is counted in code points of the
// text as it came, bounds included. A sample without evaluations is not correct, and an
// `only_correct` still open is taken as yes.
std::optional<reject_reason> judge(const filter_config&, std::optional<std::string_view> completion,
                                   providers::finish ended, std::span<const evaluation>);

}  // namespace retort::engine
