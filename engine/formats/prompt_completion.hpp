// The format prompt_completion: accepted samples as JSON lines, {"prompt", "completion",
// "metadata"} (training_members.hpp).
#pragma once

#include <memory>
#include <string>

#include "engine/config/config.hpp"
#include "engine/views/view.hpp"

namespace retort::engine {

std::unique_ptr<const view> make_prompt_completion(const config& run, std::string path);

}  // namespace retort::engine
