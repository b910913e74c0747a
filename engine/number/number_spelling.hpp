// How numbers and what stands beside them are spelt in Unicode and LaTeX: the tables behind
// number_text.hpp, in the alphabet of which the answers are. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace retort::engine {

// Nothing where a spelling is not known.
std::optional<std::string_view> plain_character(std::uint32_t code_point);
std::optional<std::string_view> plain_command(std::string_view name);  // "frac", "text"
std::optional<std::string_view> plain_escape(char command);            // of one character: \, \{

// What a word of another language says to the number beside it, as an English word: "oder" is "or",
// "млн" is "million". In small letters.
std::optional<std::string_view> plain_word(std::string_view word);
// The same where no blank parts words (负, マイナス), of what `text` begins with: its bytes, and
// what to write for it.
struct phrase {
  std::size_t bytes;
  std::string_view plain;
};
std::optional<phrase> plain_phrase(std::string_view text);

// The ASCII digit of the same value, whatever the script, or 0.
char digit_of(std::uint32_t code_point);
// The digit or sign that is raised, and the digit that is lowered; or 0.
char raised_by(std::uint32_t code_point);
char lowered_by(std::uint32_t code_point);

bool is_blank(std::uint32_t code_point);
// Joiners, direction marks and variation selectors.
bool is_invisible(std::uint32_t code_point);
// What no digits stand for themselves beside: π, ∑, and 万, which multiplies what is before it.
bool is_mathematical(std::uint32_t code_point);
// Latin, Greek and Cyrillic ones beyond ASCII.
bool is_letter_beyond_ascii(std::uint32_t code_point);
// Beyond ASCII, of a word in a script that parts words by blanks.
bool is_of_word(std::uint32_t code_point);

}  // namespace retort::engine
