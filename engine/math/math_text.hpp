// One alphabet for the many ways to write a formula: Unicode becomes the ASCII and the LaTeX
// commands that say the same. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::engine {

// "√2 ≤ x²" as "\sqrt 2 \le x^{2}". Letters of other scripts stay as they are; what nobody here
// knows is a NUL, which no formula holds. Linear in the text.
std::string plain_math_text(std::string_view text);

// A byte order mark and what styles words without changing them is gone: **bold**, `code`, quotes
// around the whole, dollar signs and \( \) around a formula, a full stop behind it.
std::string_view without_wrapping(std::string_view text);

// Lower case, single blanks, no punctuation around: two texts are the same words when these are.
std::string folded_words(std::string_view text);

}  // namespace retort::engine
