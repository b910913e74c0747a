// A line's tokens by their places, and what each may be to a number beside it. Pure; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <string_view>

#include "engine/number/number_reading.hpp"
#include "engine/number/number_text.hpp"
#include "engine/number/number_token.hpp"

namespace retort::engine {

inline const number_token no_token{.what = number_token::kind::end};

// What reads a line derives from it.
class number_line {
 public:
  explicit number_line(std::span<const number_token> tokens) : tokens_(tokens) {}

 protected:
  using kind = number_token::kind;

  std::size_t size() const { return tokens_.size(); }
  // `no_token` beyond the ends.
  const number_token& at(std::size_t i) const { return i < size() ? tokens_[i] : no_token; }
  const number_token& before(std::size_t i) const { return i == 0 ? no_token : at(i - 1); }

  // The place before the currency signs and words that lead to `begin`: $5, US$5, Rs. 500.
  std::size_t skip_money(std::size_t begin) const;

 private:
  std::span<const number_token> tokens_;
};

inline bool is_any(number_token::kind what, std::initializer_list<number_token::kind> of) {
  return std::ranges::find(of, what) != of.end();
}

inline bool has_digits(const number_token& one) {
  using enum number_token::kind;
  return is_any(one.what, {number, fraction, odd});
}

// With these beside it, a number is an operand.
inline bool is_operator(const number_token& one) {
  using enum number_token::kind;
  return is_any(one.what, {times, divide, slash, plus_minus, root, relation, symbol});
}

inline bool ends_operand(const number_token& one) {
  using enum number_token::kind;
  return has_digits(one) || is_any(one.what, {close, percent, degree, symbol, name});
}

// A letter that mathematics would use, not the article, not the pronoun.
inline bool is_variable(const number_token& one) {
  return one.what == number_token::kind::word && one.text.size() == 1 &&
         one.text[0] != sign::foreign && one.text != "a" && one.text != "A" && one.text != "I";
}

inline bool is_word(const number_token& one, std::string_view text) {
  return one.what == number_token::kind::word && is_same_word(one.text, text);
}

template <std::size_t N>
bool is_word(const number_token& one, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](auto word) { return is_word(one, word); });
}

}  // namespace retort::engine
