// The small steps that the reading of numbers is made of. The take_... functions here and beside
// it move past what they recognise at the start of `in`, and give the view of it.
#pragma once

#include <algorithm>
#include <string_view>

namespace retort::engine {

// Function objects, so that the loops over them are inlined.
inline constexpr auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
inline constexpr auto is_letter = [](char c) {
  return static_cast<unsigned char>((c | 0x20) - 'a') < 26;
};
inline constexpr auto is_space = [](char c) { return c == ' '; };

// Whatever the case. Boost's iequals asks the locale for every letter.
inline bool is_same_word(std::string_view one, std::string_view other) {
  constexpr auto folded = [](char c) { return is_letter(c) ? static_cast<char>(c | 0x20) : c; };
  return one.size() == other.size() &&
         std::equal(one.begin(), one.end(), other.begin(),
                    [&](char a, char b) { return folded(a) == folded(b); });
}

inline bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }

// NUL behind the end.
inline char peek(std::string_view in, std::size_t ahead = 0) {
  return ahead < in.size() ? in[ahead] : '\0';
}

template <class Predicate>
std::string_view take_while(std::string_view& in, Predicate accepts) {
  const auto stop = std::find_if_not(in.begin(), in.end(), accepts);
  const auto taken = in.substr(0, static_cast<std::size_t>(stop - in.begin()));
  in.remove_prefix(taken.size());
  return taken;
}

inline std::string_view take_digits(std::string_view& in) { return take_while(in, is_digit); }

// Letters and digits, and joiners that a digit follows: the rest of "4.5-turbo2" after "GPT-".
inline void take_name(std::string_view& in, std::string_view joiners) {
  while (is_alphanumeric(peek(in)) ||
         (joiners.find(peek(in)) != std::string_view::npos && is_digit(peek(in, 1))))
    in.remove_prefix(1);
}

inline std::string_view without_spaces_around(std::string_view text) {
  take_while(text, is_space);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace retort::engine
