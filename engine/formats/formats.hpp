// The formats by name: what one sample becomes in each, the one place to add one to. (Those whose
// lines are made of all samples of a record are record_formats.hpp.) Immutable; any thread.
#pragma once

#include <string_view>

#include "engine/formats/example.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

struct format {
  std::string_view name;  // as output.format has it
  // Writes its members into the object that is open; what it has written counts for nothing where
  // a rule is broken.
  broken_rule (*write)(const example& what, io::json_writer& json);
  bool has_rules = true;  // that a sample may break
};

// Null when there is none of that name.
const format* find_format(std::string_view name);

}  // namespace retort::engine
