// What the words and commands of a formula mean. Pure; any thread.
#pragma once

#include <string_view>

namespace retort::engine {

// Commands that leave a blank, that only set type, and those whose braces hold words.
bool is_blank_command(std::string_view name);
bool is_style_command(std::string_view name);
bool is_text_command(std::string_view name);

// Those that lead to a formula: \implies.
bool is_leading_command(std::string_view name);

// Functions by their name alone, with or without a backslash: sin, log, gcd, arcsin.
bool is_math_function(std::string_view name);
// One name for each: asin is arcsin, tg is tan. Another name is itself.
std::string_view function_named(std::string_view name);

// The variables and constants that have a command: \alpha, \pi.
bool is_greek(std::string_view name);
// \vec{a} and the like, which is a; \overline{z}, which is another.
bool is_decoration(std::string_view name);
bool is_mark(std::string_view name);

// One of relation_sign for \le, \neq and the like; 0 for any other command.
char relation_named(std::string_view command);
// Beside a formula it makes another of it: \times, \le, \log, \pi. One that is not known does not.
bool takes_operand(std::string_view command);

// What says that there is none, or any: "no solution", "all real numbers". "" for other words; else
// one of "none", "all", "undefined".
std::string_view meaning_of_words(std::string_view folded);

}  // namespace retort::engine
