// The formats by name, the one place to add one to, and the views that a config asks for.
// Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/config/config.hpp"
#include "engine/views/view.hpp"

namespace retort::engine {

struct format {
  std::string_view name;    // as output.format has it
  std::string_view ending;  // of a file that nobody named
  std::unique_ptr<const view> (*make)(const config& run, std::string path);
};

// Null when there is none of that name.
const format* find_format(std::string_view name);

// In the order in which a person is told of them. The config outlives them.
view_list views_of(const config& run);

}  // namespace retort::engine
