// One alphabet for the many ways to write a number: Unicode and LaTeX forms become ASCII and the
// few signs below, so that what reads numbers knows one form of each. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace retort::engine {

// What ASCII has no character for. Control characters, since text has none when it gets here.
namespace sign {
inline constexpr char times = '\x01';       // × · \times \cdot
inline constexpr char divide = '\x02';      // ÷ \div
inline constexpr char plus_minus = '\x03';  // ± \pm
inline constexpr char root = '\x04';        // √ \sqrt
inline constexpr char relation = '\x05';    // ≤ ≠ \geq
inline constexpr char degree = '\x06';      // ° \circ
inline constexpr char fraction = '\x07';    // \frac; its arguments follow
inline constexpr char dash = '\x0e';        // an em dash: punctuation, or a minus
inline constexpr char foreign = '\x0f';     // a character of another script
inline constexpr char symbol = '\x10';      // π, \log, or a command that nobody here knows
}  // namespace sign

// `line` in that alphabet, tabs and other blanks as ' '. Digits of full width are digits, en dashes
// and U+2212 are '-', superscripts "^{2}", fractions in one character "1/2", currency signs '$'.
// Commands that only set type (\mathrm, \left, \text) are gone. The view is `line` itself where
// there is nothing to change, else it points into `scratch`. Linear in the line.
std::string_view plain_number_text(std::string_view line, std::string& scratch);

// One code point off the front; 0xFFFD for a byte that is none.
std::uint32_t take_code_point(std::string_view& in);

}  // namespace retort::engine
