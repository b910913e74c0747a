// A formula cut into what it is made of: numbers, letters, words, commands and signs. What only
// sets type is gone. Pure; views point into the text; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/math/math_node.hpp"

namespace retort::engine {

// What a comma between digits is where it can be two things: 1,234 is one number, (1,234) are two,
// 2,74 is 2.74 where the one who wrote it has such decimals.
struct comma_reading {
  bool groups = true;          // outside brackets
  bool groups_inside = false;  // in brackets
  bool is_decimal = false;
};

struct math_token {
  enum class kind : std::uint8_t {
    end,
    number,   // value
    word,     // letters: a name, a product of variables, a unit, a word
    command,  // \name; without its backslash
    text,     // what \text{} holds
    sign,     // one character; \{ is '\x01', \} '\x02', \| '\x03'
    row,      // a \\ that ends a matrix's row
  };
  kind what = kind::end;
  std::string_view text = {};
  math_node::rational value = {};
  unsigned places = 0;  // behind the point, of what has at least 15 significant digits
  bool has_point = false;
  bool spaced = false;  // a blank stands before it

  bool is_sign(char c) const { return what == kind::sign && text.size() == 1 && text[0] == c; }
  bool is_command(std::string_view name) const { return what == kind::command && text == name; }
};

namespace math_sign {
inline constexpr char open_set = '\x01', close_set = '\x02', norm = '\x03';
}

inline constexpr std::size_t most_math_tokens = 1500;

// `text` is plain (math_text.hpp) and outlives the tokens. Nothing where it holds what no formula
// does, or too much of it. The last token is the end.
std::vector<math_token> split_math_text(std::string_view text, comma_reading commas);

// The text holds digits that a comma joins or parts.
bool has_doubtful_comma(std::string_view text);

}  // namespace retort::engine
