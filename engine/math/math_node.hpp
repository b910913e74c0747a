// What a formula says, as a tree: exact where it is rational, and never run as code. Made by the
// functions below, which fold what is rational and keep every result small; the parser bounds the
// depth. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/multiprecision/cpp_int.hpp>

namespace retort::engine {

struct math_node {
  using rational = boost::multiprecision::cpp_rational;

  enum class kind : std::uint8_t {
    number,      // value; `places` where it is written as floating point prints it
    symbol,      // name: a variable
    constant,    // name: "pi", "e", "i", "inf"
    sum,         // parts
    product,     // parts; a quotient is a product with a power of -1
    power,       // base, exponent
    call,        // name: a function, known or not, of its parts
    plus_minus,  // of one part: either sign
    minus_plus,  // the other sign than the ± beside it
    percent,     // of one part
    degree,      // of one part
    quantity,    // one part; name: its unit (math_unit.hpp)
    ratio,       // a : b : c
    based,       // name: digits_base
    tuple,       // name: its brackets, as "[)"
    set,         // {a, b}
    list,    // a, b and c: in any order unless names or brackets tell one; name "{}" in bare braces
    matrix,  // name: its number of columns; parts row by row
    relation,  // a < b = c: name holds the signs between the parts, one byte each
    join,      // name: 'u' union, 'n' intersection, '\\' difference
    reals,     // all of them
    text,      // name: words, folded
  };

  kind what = kind::number;
  std::string name = {};
  rational value = {};
  unsigned places = 0;
  std::vector<math_node> parts = {};
};

// The signs of a relation's name.
namespace relation_sign {
inline constexpr char equal = '=', about = '~', less = '<', greater = '>', at_most = 'l',
                      at_least = 'g', unequal = '!', element = 'e', other = '?';
}

// Digits and the like that are kept exactly; beyond, a power is left as it stands.
inline constexpr unsigned most_bits = 20'000;

math_node number_node(math_node::rational value);
math_node named_node(math_node::kind what, std::string_view name);
math_node node_of(math_node::kind what, std::string_view name, std::vector<math_node> parts);
math_node node_of(math_node::kind what, math_node part);

math_node negated(math_node);
math_node sum_of(std::vector<math_node>);
math_node product_of(std::vector<math_node>);
math_node power_of(math_node base, math_node exponent);
math_node quotient_of(math_node above, math_node below);
math_node root_of(math_node of, math_node degree);

bool is_number(const math_node&);
bool is_integer(const math_node&);
// Any node of the tree is so.
bool holds_kind(const math_node&, math_node::kind);
bool holds_constant(const math_node&, std::string_view name);

// One text for trees that are the same but for the order of what may be in any order.
std::string canonical(const math_node&);

}  // namespace retort::engine
