// What an output does not have, beside it: rejected samples as JSON lines like prompt_completion's,
// with the reason, the reference and the evaluations besides; also those that were accepted and
// that its format cannot have, with the rule. Of the output's part of the records; of all steps,
// unless the output names one; in the output's order.
#pragma once

#include <memory>

#include "engine/config/config.hpp"
#include "engine/outputs/output_view.hpp"

namespace retort::engine {

// All outlive it.
std::unique_ptr<const view> make_rejected(const config& run, const output_config& of,
                                          const output_view& beside);

}  // namespace retort::engine
