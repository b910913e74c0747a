// The regular expression that an evaluator's key holds. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/evaluator/evaluator_config.hpp"
#include "engine/text/pattern.hpp"

namespace retort::engine {

// Nothing where the key is not set; errc::usage as evaluator_kind::make.
result<std::optional<pattern>> key_pattern(const evaluator_config&, std::string_view key);

}  // namespace retort::engine
