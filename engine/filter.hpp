// The verdict over one finished sample: accepted, or rejected for the first reason that applies.
// Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/config.hpp"
#include "engine/evaluators.hpp"

namespace retort::engine {

// Each sample is counted under the first that applies: error, cut_off, no_output, incorrect, then
// the lengths.
enum class reject_reason {
  error,      // the sample failed: there is no completion
  no_output,  // the completion is empty or white space
  incorrect,  // only_correct, and the deciding evaluator does not hold it correct
  too_short,  // fewer code points than min_length
  too_long,   // more code points than max_length
  cut_off,    // it ended with none of filter.finish, empty or not
};
inline constexpr std::size_t reject_reasons = 6;

// The word for it in ledgers, reports and messages: "no_output".
std::string_view name(reject_reason);

// `only_correct`, left open in the config, means yes once there is an evaluator.
filter_config with_defaults(filter_config, std::span<const evaluator_config>);

// Why the sample is rejected; nothing when it is accepted. `completion` is nothing for a failed
// sample, and what it `ended` with does not count then; its length is counted in code points of the
// text as it came, bounds included. A sample without evaluations is not correct, and an
// `only_correct` still open is taken as yes.
std::optional<reject_reason> judge(const filter_config&, std::optional<std::string_view> completion,
                                   providers::finish ended, std::span<const evaluation>);

}  // namespace retort::engine
