// Finds where numbers stand in prose and how they are written, computing none of them: one pass
// over the bytes, no allocation, linear in whatever a model wrote. number.hpp gives them values.
// Pure; views point into the scanned text; any thread.
//
// What is a number, and what only looks like one:
//   signs       - + and U+2212 right before the digits or their currency sign (-$5, $-5, −3); after
//               an operand they are operators: "16-3" holds 16 and 3
//   thousands   groups of three after , {,} \, ,\! or U+202F: "1,234" is one number, "1,2" are two
//   points      decimal between digits (1.50) or before them (.5); a full stop after them
//   exponents   1e6, 2.5E-3; powers (2^10, 10^{3}, x^2) are no numbers, 90^\circ is
//   fractions   3/4, \frac{3}{4}, \dfrac, \frac12, and mixed with a whole number: 1 1/2, 1\frac12;
//               not by zero
//   names       digits that belong to a word are none: x2, H2O, GPT-4, v1.2, x_1, x_{12}, 0x1F, 2x4
//   chains      nor are three groups or more with one of . - / : between them: versions, addresses,
//               dates, times, telephone numbers
//   units       letters after the digits, attached or not, are dropped: 5km, 18 dollars, 50\%
//   limits      no decimal of more than max_number_bytes, no exponent beyond max_exponent: hostile
//               text must not buy arithmetic
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace retort::engine {

inline constexpr std::size_t max_number_bytes = 1000;  // of one decimal, separators included
inline constexpr int max_exponent = 1000;

// whole.fraction x 10^exponent; `whole` still holds its thousands separators.
struct decimal {
  bool negative = false;
  std::string_view whole = {};
  std::string_view fraction = {};
  int exponent = 0;
};

// sign (mixed + numerator / denominator)
struct number_literal {
  bool negative = false;
  std::string_view mixed = {};  // the 1 of "1 1/2"
  decimal numerator = {};
  std::optional<decimal> denominator = {};  // not zero
};

class number_scanner {
 public:
  explicit number_scanner(std::string_view text) : text_(text), rest_(text) {}

  // The next number; nothing at the end of the text.
  std::optional<number_literal> next();

  // Whether words stood between the numbers passed so far: units, names, LaTeX commands.
  bool saw_words() const { return saw_words_; }

 private:
  std::optional<number_literal> step();
  std::optional<number_literal> sign(std::size_t width, bool negative);
  std::optional<number_literal> point();
  std::optional<number_literal> command();
  std::optional<number_literal> digits(bool negative);
  std::optional<number_literal> fraction_arguments(bool negative);
  std::optional<number_literal> finish(const number_literal&);
  void word();
  char previous() const;

  std::string_view text_;
  std::string_view rest_;
  bool saw_words_ = false;
};

// What the braces at the start of `text` hold, nested and escaped braces respected; nothing when
// `text` does not start with a brace or the brace is never closed.
std::optional<std::string_view> braced(std::string_view text);

}  // namespace retort::engine
