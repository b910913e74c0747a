// The reference: what a completion is compared with, taken out of a record's rendered template.
// Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/text/pattern.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// All of the rendered text, trimmed; with a pattern, what its last match captured. The view points
// into `rendered`. errc::dataset when the pattern matches nothing: the record has no reference.
result<std::string_view> take_reference(std::string_view rendered,
                                        const std::optional<pattern>& where);

}  // namespace retort::engine
