#include "engine/math/math_name.hpp"

#include <algorithm>

#include "engine/math/math_agreement.hpp"
#include "engine/number/number_reading.hpp"

namespace retort::engine {
namespace {

using node_kind = math_node::kind;

bool is_capital(const math_node& of) {
  return of.what == node_kind::symbol && of.name[0] >= 'A' && of.name[0] <= 'Z';
}

bool is_minus_one(const math_node& of) { return is_number(of) && of.value == -1; }

// Symbols, and what takes them: AB, |AB|, NO/BO, P(A), S_{ABC}.
bool is_plain_name(const math_node& of) {
  const auto all_plain = [&] { return std::ranges::all_of(of.parts, is_plain_name); };
  switch (of.what) {
    case node_kind::symbol: return true;
    case node_kind::call:
      return of.name != "sum" && of.name != "prod" &&
             (of.name.size() == 1 || of.name[0] == '_' || of.name.find('\'') != std::string::npos ||
              all_plain());
    case node_kind::product:
      return is_capital(of.parts[0]) && (all_plain() || of.parts[0].name == "P");
    case node_kind::power: return is_minus_one(of.parts[1]) && is_plain_name(of.parts[0]);
    case node_kind::ratio: return all_plain();
    case node_kind::tuple: return all_plain();
    case node_kind::degree: return all_plain();
    default: return false;
  }
}

bool is_loose_name(const math_node& of) {
  if (is_plain_name(of) || is_minus_one(of)) return true;
  switch (of.what) {
    case node_kind::sum:
    case node_kind::product:
    case node_kind::power:
    case node_kind::call:
      return of.name != "sum" && of.name != "prod" && std::ranges::all_of(of.parts, is_loose_name);
    default: return false;
  }
}

// W(n) and W(x) name one function.
std::string name_of(const math_node& of) {
  if (of.what == node_kind::call && of.name.size() == 1 && of.parts.size() == 1 &&
      of.parts[0].what == node_kind::symbol)
    return of.name + "()";
  const bool applied = of.what == node_kind::product && of.parts.size() == 2 &&
                       is_capital(of.parts[0]) && of.parts[1].what == node_kind::symbol &&
                       !is_capital(of.parts[1]);
  return applied ? of.parts[0].name + "()" : canonical(of);
}

// The part that the value is of: before the first sign that only says "about".
std::size_t value_place(const math_node& of) {
  std::size_t place = of.parts.size() - 1;
  while (place > 1 && of.name[place - 1] == relation_sign::about) --place;
  if (place == 1 && of.name[0] == relation_sign::about && !has_variables(of.parts[0])) return 0;
  return place;
}

bool only_equates(const math_node& of) {
  return of.name.find_first_not_of("=~e") == std::string::npos;
}

}  // namespace

std::optional<named_value> read_named(const math_node& of) {
  if (of.what != node_kind::relation || !only_equates(of)) return std::nullopt;
  const std::size_t place = value_place(of);
  const math_node& value = of.parts[place];
  for (const std::size_t named : {place - 1, std::size_t(0)}) {
    if (named < place && is_plain_name(of.parts[named]))
      return named_value{name_of(of.parts[named]), value, true};
  }
  if (has_variables(value)) return std::nullopt;
  if (std::ranges::none_of(of.parts, has_variables)) return named_value{"", value, true};
  if (place > 0 && is_loose_name(of.parts[place - 1]))
    return named_value{name_of(of.parts[place - 1]), value, false};
  return std::nullopt;
}

std::string without_index(const std::string& name) {
  const auto line = name.find('_');
  if (line == std::string::npos || line + 1 >= name.size() || !is_digit(name[line + 1]))
    return name;
  std::string rest = name.substr(line + 1);
  rest.erase(0, rest.find_first_not_of("0123456789") == std::string::npos
                    ? rest.size()
                    : rest.find_first_not_of("0123456789"));
  return name.substr(0, line) + rest;
}

}  // namespace retort::engine
