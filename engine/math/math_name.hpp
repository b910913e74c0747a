// What an answer gives a value to: the x of x = 5, the (a, b) of (a, b) = (1, 2). Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "engine/math/math_node.hpp"

namespace retort::engine {

struct named_value {
  std::string name;  // the same for names that are the same
  math_node value;
  bool is_plain = true;  // a variable, not as a + b = 7 names a sum
};

// The value that a chain of equations ends with: 11 of x = 5 + 6 = 11, 1/3 of x = 1/3 \approx 0.33,
// S of x \in S. Nothing of what is an equation in its own right, as 2x + y = 3, or an inequality.
std::optional<named_value> read_named(const math_node&);

// x_1 and x_2 name the roots of x: "x". Another name is itself.
std::string without_index(const std::string& name);

}  // namespace retort::engine
