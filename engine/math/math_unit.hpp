// The unit behind a value: its words, by whatever name they are known (number_units.hpp), and their
// powers. Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/math/math_token.hpp"

namespace retort::engine {

struct unit_phrase {
  std::string unit;      // "" of words that only count or name: see lacks_freely
  std::size_t size = 0;  // in tokens
};

// The unit that the tokens begin with: "cm^2", "meters per second", "\text{ km}/\text{h}",
// "apples". `letters`: a single letter is one too. Nothing where they begin with none.
std::optional<unit_phrase> read_unit(std::span<const math_token> tokens, bool letters);

// The value may be told without it: money, percents, angles, what is counted, words that are no
// unit of measure.
bool lacks_freely(std::string_view unit);
bool are_same_units(std::string_view one, std::string_view other);

inline constexpr std::string_view percent_unit = "percent^1 ", degree_unit = "degree^1 ";

}  // namespace retort::engine
