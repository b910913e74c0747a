// A formula's text as a tree (math_node.hpp). Pure; any thread.
//
//   list      = relation { ("," | ";" | "and" | "or") relation }
//   relation  = operand { ("=" | "<" | "\in" | ...) operand }
//   operand   = ratio [ unit ]
//   ratio     = set { ":" set }
//   set       = sum { ("\cup" | "\cap" | "\setminus") sum }
//   sum       = [sign] term { sign term }
//   term      = factor { [ "\times" | "/" ] factor }
//   factor    = primary { "!" | "%" | "°" | "^" argument }
//   primary   = number | letter | \command ... | "(" list ")" | "{" list "}" | "|" sum "|" | ...
#pragma once

#include <optional>
#include <string_view>

#include "engine/math/math_node.hpp"
#include "engine/math/math_token.hpp"

namespace retort::engine {

struct math_reading {
  comma_reading commas = {};
  bool letter_units = false;  // 5 m is five metres
};

// `text` is plain (math_text.hpp). Nothing where it is no formula and no few words, or deeper or
// longer than any answer is.
std::optional<math_node> parse_math(std::string_view text, const math_reading& = {});

}  // namespace retort::engine
