#include "engine/number/tolerance.hpp"

#include "engine/text/text.hpp"

namespace retort::engine {

std::optional<tolerance> parse_tolerance(std::string_view text) {
  constexpr std::string_view decimal = "0123456789.eE+-";
  text = trim(text);
  const bool relative = text.ends_with('%');
  if (relative) text = trim(text.substr(0, text.size() - 1));
  if (text.find_first_not_of(decimal) != std::string_view::npos) return std::nullopt;
  const auto size = number::parse(text);
  if (!size || size->is_negative()) return std::nullopt;
  return tolerance{*size, relative};
}

}  // namespace retort::engine
