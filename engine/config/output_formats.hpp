// The formats of an output by name, and what a config may ask of each. How each is written stands
// in engine/formats. Immutable; any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace retort::engine {

struct output_format {
  std::string_view name;
  // The members that a line may have, as columns of a table; "" behind the last.
  std::array<std::string_view, 6> members = {};
  bool has_metadata = false;  // unless the output says otherwise
  bool has_field = false;     // a place for reasoning beside an answer's text
  bool is_of_pairs = false;
  // Every turn of the assistant is learnt, and no member says that one is not to be.
  bool teaches_all_turns = false;
  bool needs_reference = false;
  bool needs_verdicts = false;
};

// Null when there is none of that name.
const output_format* find_output_format(std::string_view name);
std::vector<std::string_view> output_format_names();

std::vector<std::string> members_of(const output_format& format);

}  // namespace retort::engine
