// A name that an object has twice. Readers differ in which of the two values they take, so neither
// is what the user can be said to mean. Pure; any thread.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

namespace retort::engine {

// The first such name of any object within, as long as the record lives; nothing where each stands
// once. A name that begins with NUL (what stands for an odd one does) is left alone.
std::optional<std::string_view> doubled_name(simdjson::dom::element within);

}  // namespace retort::engine
