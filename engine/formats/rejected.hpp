// The format of rejected samples: JSON lines as prompt_completion's, with the reason, the reference
// and the evaluations besides.
#pragma once

#include <memory>
#include <string>

#include "engine/config/config.hpp"
#include "engine/views/view.hpp"

namespace retort::engine {

std::unique_ptr<const view> make_rejected(const config& run, std::string path);

}  // namespace retort::engine
