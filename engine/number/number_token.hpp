// The pieces that a line of prose or mathematics is made of, as far as numbers care: the numbers
// that stand in it, computed none of them, and what stands beside them. One pass, linear in
// whatever a model wrote. Pure; views point into the text that was split; any thread.
//
// What is a number, and what only looks like one:
//   thousands   groups of three after , {,} ' _ or a blank: "1,234" and "1 234" are one number;
//               1,00,000 too. Other commas between digits could mean two things: no number
//   points      decimal between digits (1.50) or before them (.5); a full stop after them
//   exponents   1e6, 2.5E-3; powers 10^6, 10^{-3}, 10**6; 90^\circ are degrees
//   names       digits that belong to a word are none: x2, H2O, GPT-4, v1.2, x_{12}, 0x1F, 2x4
//   chains      nor are three groups or more with one of . - / : between them: versions, addresses,
//               dates, times, telephone numbers
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/number/number_decimal.hpp"

namespace retort::engine {

struct number_token {
  enum class kind : std::uint8_t {
    number,    // value
    fraction,  // value / over
    odd,       // digits that are no number as written, and no name either: 3,5 or 2^n
    name,      // digits that belong to a word, or a chain of them
    word,      // letters, what stands below and above them (x_1, m^2) included
    minus,
    plus,
    times,   // × and a * between operands
    divide,  // ÷
    slash,
    plus_minus,
    root,
    relation,  // < > ≤ != and their like
    equals,    // = ≈ -> and their like
    symbol,    // π, \log, a command nobody here knows; a power of something in brackets
    open,      // ( [
    close,
    bar,
    comma,
    colon,
    dot,
    dots,
    dash,  // an em dash
    bang,
    percent,
    degree,
    money,  // $ and other currency signs; or the edge of a formula
    other,  // quotes, emphasis, punctuation
    end,    // what stands beside the first and the last
  } what;
  bool glued = false;          // no blank before it
  bool is_power = false;       // a word with a power: m^2; value.power where that is a number
  bool is_translated = false;  // a word of another language, in English
  std::string_view text = {};
  decimal value = {};
  decimal over = {};
};

// Splits a line in the alphabet of number_text.hpp. Braces that only group are no tokens.
void split_number_text(std::string_view line, decimal_sign, std::vector<number_token>& into);

}  // namespace retort::engine
