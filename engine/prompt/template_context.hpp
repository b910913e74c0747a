// Where a template's names are looked up: the record, and inside sections the values that these
// opened. Pure; any thread.
#pragma once

#include <simdjson.h>

#include <string_view>

#include "io/base/error.hpp"

namespace retort::engine {

using json_lookup = simdjson::simdjson_result<simdjson::dom::element>;

// Contexts are linked from the innermost outwards and live on the stack of the rendering.
struct template_context {
  simdjson::dom::element value;
  const template_context* outer;  // null for the record itself
  bool is_closed = false;         // what a section finds here sees nothing outside of itself
};

// The innermost context that has the path's first key; null when none has.
const template_context* holder_of(const template_context& from, std::string_view path);

// The value at a path: "a", "a.b", "a.0", or "." for the innermost context itself. Only the first
// key is looked up outwards, as in Mustache. Where there is none, the field that has the whole path
// for its name, as tables have them.
json_lookup find(const template_context& from, std::string_view path);

// Why the value at `path` cannot stand in a text: it is missing (with the near miss and what there
// is instead), or it is null, an object or a list. errc::dataset.
error explain(const template_context& from, std::string_view path);

}  // namespace retort::engine
