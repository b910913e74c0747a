#include "engine/math/math_node.hpp"

#include <algorithm>
#include <optional>

namespace retort::engine {
namespace {

using node_kind = math_node::kind;
using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

std::size_t bits_of(const cpp_int& n) { return n == 0 ? 1 : msb(abs(n)) + 1; }

std::size_t bits_of(const cpp_rational& q) {
  return std::max(bits_of(numerator(q)), bits_of(denominator(q)));
}

bool is_small(const cpp_rational& q) { return bits_of(q) <= most_bits; }

std::optional<cpp_rational> exact_power(const cpp_rational& base, const cpp_rational& exponent) {
  if (denominator(exponent) != 1 || abs(numerator(exponent)) > most_bits) return std::nullopt;
  const int times = static_cast<int>(numerator(exponent));
  if (base == 0 && times <= 0) return std::nullopt;
  const auto size = static_cast<unsigned>(std::abs(times));
  if (base != 0 && abs(base) != 1 && bits_of(base) * size > most_bits) return std::nullopt;
  const cpp_int above = pow(numerator(base), size), below = pow(denominator(base), size);
  if (times >= 0) return cpp_rational(above, below);
  return above < 0 ? cpp_rational(-below, -above) : cpp_rational(below, above);
}

std::optional<cpp_int> exact_square_root(const cpp_int& of) {
  if (of < 0) return std::nullopt;
  const cpp_int root = sqrt(of);
  if (root * root != of) return std::nullopt;
  return root;
}

// Halves of powers of squares: \sqrt{4}, 4^{3/2}.
std::optional<cpp_rational> exact_half_power(const cpp_rational& base,
                                             const cpp_rational& exponent) {
  if (denominator(exponent) != 2 || bits_of(base) > 256) return std::nullopt;
  const auto above = exact_square_root(numerator(base)),
             below = exact_square_root(denominator(base));
  if (!above || !below) return std::nullopt;
  return exact_power(cpp_rational(*above, *below), exponent * 2);
}

// Parts of the same kind are taken up, the numbers among them are one number in front.
template <class Fold>
math_node folded(node_kind what, std::vector<math_node> parts, cpp_rational value, Fold fold) {
  const cpp_rational neutral = value;
  std::vector<math_node> kept;
  const auto take = [&](math_node& part) {
    if (is_number(part)) {
      cpp_rational next = fold(value, part.value);
      if (is_small(next)) {
        value = std::move(next);
        return;
      }
    }
    kept.push_back(std::move(part));
  };
  for (math_node& part : parts) {
    if (part.what != what) {
      take(part);
      continue;
    }
    for (math_node& inner : part.parts) take(inner);
  }
  if (kept.empty()) return number_node(std::move(value));
  if (value != neutral) kept.insert(kept.begin(), number_node(std::move(value)));
  if (kept.size() == 1) return std::move(kept.front());
  return node_of(what, "", std::move(kept));
}

bool is_unordered(const math_node& of) {
  if (of.what == node_kind::product && holds_kind(of, node_kind::matrix)) return false;
  return of.what == node_kind::sum || of.what == node_kind::product || of.what == node_kind::set ||
         (of.what == node_kind::join && of.name != "\\");
}

}  // namespace

math_node number_node(cpp_rational value) {
  return {.what = node_kind::number, .value = std::move(value)};
}

math_node named_node(node_kind what, std::string_view name) {
  return {.what = what, .name = std::string(name)};
}

math_node node_of(node_kind what, std::string_view name, std::vector<math_node> parts) {
  return {.what = what, .name = std::string(name), .parts = std::move(parts)};
}

math_node node_of(node_kind what, math_node part) {
  math_node made{.what = what};
  made.parts.push_back(std::move(part));
  return made;
}

math_node negated(math_node of) {
  if (is_number(of)) {
    of.value = -of.value;
    return of;
  }
  std::vector<math_node> parts;
  parts.push_back(number_node(-1));
  parts.push_back(std::move(of));
  return product_of(std::move(parts));
}

math_node sum_of(std::vector<math_node> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return folded(node_kind::sum, std::move(parts), 0,
                [](const cpp_rational& a, const cpp_rational& b) { return cpp_rational(a + b); });
}

math_node product_of(std::vector<math_node> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return folded(node_kind::product, std::move(parts), 1,
                [](const cpp_rational& a, const cpp_rational& b) { return cpp_rational(a * b); });
}

math_node power_of(math_node base, math_node exponent) {
  if (is_number(exponent) && exponent.value == 1) return base;
  if (is_number(base) && is_number(exponent)) {
    auto exact = exact_power(base.value, exponent.value);
    if (!exact) exact = exact_half_power(base.value, exponent.value);
    if (exact) return number_node(std::move(*exact));
  }
  std::vector<math_node> parts;
  parts.push_back(std::move(base));
  parts.push_back(std::move(exponent));
  return node_of(node_kind::power, "", std::move(parts));
}

math_node quotient_of(math_node above, math_node below) {
  std::vector<math_node> parts;
  parts.push_back(std::move(above));
  parts.push_back(power_of(std::move(below), number_node(-1)));
  return product_of(std::move(parts));
}

math_node root_of(math_node of, math_node degree) {
  return power_of(std::move(of), quotient_of(number_node(1), std::move(degree)));
}

bool is_number(const math_node& of) { return of.what == node_kind::number; }

bool is_integer(const math_node& of) { return is_number(of) && denominator(of.value) == 1; }

bool holds_kind(const math_node& in, node_kind what) {
  return in.what == what || std::ranges::any_of(in.parts, [&](const math_node& part) {
           return holds_kind(part, what);
         });
}

bool holds_constant(const math_node& in, std::string_view name) {
  return (in.what == node_kind::constant && in.name == name) ||
         std::ranges::any_of(in.parts,
                             [&](const math_node& part) { return holds_constant(part, name); });
}

std::string canonical(const math_node& of) {
  if (is_number(of)) return of.value.str();
  std::vector<std::string> parts;
  parts.reserve(of.parts.size());
  for (const math_node& part : of.parts) parts.push_back(canonical(part));
  if (is_unordered(of)) std::ranges::sort(parts);
  std::string out(1, static_cast<char>('A' + static_cast<int>(of.what)));
  out += of.name;
  out += '(';
  for (const std::string& part : parts) out.append(part).append(",");
  out += ')';
  return out;
}

}  // namespace retort::engine
