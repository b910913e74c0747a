// Tells which numbers of a text stand for themselves. "3", "-1,000 km" and "1.5 million" do; the 3
// of 3\pi, x > 3, 3 - 5, 2(3), 3!, \sqrt{3}, ±3 or "3 squared" is part of something else, and is
// not what the text says. Where two readings are possible ("Answer - 5"), there is no number.
// number.hpp gives values to what is found. Pure; views point into the tokens' text; any thread.
#pragma once

#include <optional>
#include <span>

#include "engine/number/number_term.hpp"

namespace retort::engine {

// The last place in a line where digits stand, names apart. Nothing when there is none; a literal
// where they are a number as written, which stands for itself.
struct last_number {
  bool found = false;
  std::optional<number_literal> literal = {};
};
last_number find_last_number(std::span<const number_token> line);

// Whether what stands beside a \boxed{} on its line makes it part of something else: \boxed{5}x,
// \boxed{5} million, -\boxed{5}. The first token, a 1, stands for the box, or the last one.
bool changes_box_before(std::span<const number_token> line);
bool changes_box_behind(std::span<const number_token> line);

// The number that the tokens are, all of them: "x =" may stand before it, a known unit behind it.
std::optional<number_literal> read_whole_number(std::span<const number_token> text);

}  // namespace retort::engine
