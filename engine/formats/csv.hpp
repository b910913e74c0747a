// The format csv: accepted samples as records of RFC 4180 with a header line, the members of
// prompt_completion as columns, metadata as JSON text with what the answer calls in it.
#pragma once

#include <memory>
#include <string>

#include "engine/config/config.hpp"
#include "engine/views/view.hpp"

namespace retort::engine {

std::unique_ptr<const view> make_csv(const config& run, std::string path);

}  // namespace retort::engine
