// The verdict over one finished sample: accepted, or rejected for the first reason that applies.
// Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/config/config.hpp"
#include "engine/sample/verdict.hpp"

namespace retort::engine {

// What the evaluators that decide come to: incorrect where one of them says so or none decides,
// else unscored where one could not tell.
enum class agreement { correct, incorrect, unscored };

// `only_correct`, left open in the config, means yes once an evaluator decides.
filter_config with_defaults(filter_config, std::span<const evaluator_config>);

// Why the sample is rejected; nothing when it is accepted. `completion` is nothing for a failed
// sample, and what it `ended` with does not count then; its length is counted in code points of the
// text as it came, bounds included. An `only_correct` still open
// is taken as yes.
std::optional<reject_reason> why_rejected(const filter_config&,
                                          std::optional<std::string_view> completion,
                                          providers::finish ended, agreement);

}  // namespace retort::engine
