#include "engine/math/math_agreement.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace retort::engine {
namespace {

using node_kind = math_node::kind;

constexpr unsigned enough_points = 4;

template <class Real>
Real distance(const complex_of<Real>& a, const complex_of<Real>& b) {
  return std::max(Real(abs(a.re - b.re)), Real(abs(a.im - b.im)));
}

template <class Real>
Real size_of(const complex_of<Real>& z) {
  return std::max(Real(abs(z.re)), Real(abs(z.im)));
}

// What differs is the same only if it differs the less the more digits there are.
bool are_same_in_more_digits(const math_node& one, const math_node& other, const math_point& at,
                             const real60& apart, math_work& work) {
  work.left -= 100;
  const auto a = value_of<real140>(one, at, work), b = value_of<real140>(other, at, work);
  if (!a || !b) return false;
  static const real140 little = pow(real140(10), -20);
  return distance(*a, *b) <= little * real140(apart);
}

// Far from 0 all digits may be lost: e^x - e^x + 1.
bool keeps_digits(const math_node& of, const complex_of<real60>& value, const math_point& at,
                  math_work& work) {
  const auto exact = value_of<real140>(of, at, work);
  if (!exact) return false;
  static const real60 visible = pow(real60(10), -15);
  const complex_of<real60> rounded{real60(exact->re), real60(exact->im)};
  return distance(rounded, value) <= visible * size_of(rounded);
}

// Nothing where one of them is not defined there.
std::optional<bool> are_same_at_point(const math_node& one, const math_node& other,
                                      const math_point& at, math_work& work) {
  const auto a = value_of<real60>(one, at, work), b = value_of<real60>(other, at, work);
  if (!a || !b) return std::nullopt;
  static const real60 exact = pow(real60(10), -50), visible = pow(real60(10), -12);
  const real60 size = std::max(size_of(*a), size_of(*b)), apart = distance(*a, *b);
  if (apart <= exact * size) return true;
  const bool far = at.number >= math_point::ordinary;
  if (far && !(keeps_digits(one, *a, at, work) && keeps_digits(other, *b, at, work)))
    return std::nullopt;
  if (apart > visible * size && size > visible) return false;
  return are_same_in_more_digits(one, other, at, apart, work);
}

// What is one function here and may be another there: |f|, \sqrt{f^2}, \max(f, g).
bool has_pieces(const math_node& of) {
  static constexpr std::string_view names[] = {"abs",   "norm", "max", "min",
                                               "floor", "ceil", "sgn", "mod"};
  const bool here =
      of.what == node_kind::call
          ? std::ranges::find(names, of.name) != std::end(names)
          : of.what == node_kind::power && is_number(of.parts[1]) && !is_integer(of.parts[1]);
  return (here && has_variables(of)) || std::ranges::any_of(of.parts, has_pieces);
}

// Calls `look(point, work)` at real points, and where these are too few at whole ones, until it
// says false or it said true often enough. Where the formulas have pieces it is called at all
// points; the further ones leave some of the work, and where theirs runs out the first ones decide.
// It says nothing where nothing is defined.
template <class Look>
bool everywhere(const math_node& one, const math_node& other, math_work& work, Look look) {
  if (!has_variables(one) && !has_variables(other))
    return look(math_point{.is_complex = true}, work).value_or(false);
  const bool complex = holds_constant(one, "i") || holds_constant(other, "i");
  const bool pieces = has_pieces(one) || has_pieces(other);
  for (const bool whole : {false, true}) {
    unsigned seen = 0, point = 0;
    const auto look_up_to = [&](unsigned most, bool all, math_work& left) {
      for (; point < most && (all || seen < enough_points); ++point) {
        const auto same = look(math_point{point, whole, complex}, left);
        if (same && !*same) return false;
        seen += same.has_value();
      }
      return true;
    };
    if (!look_up_to(math_point::ordinary, false, work)) return false;
    const bool agreed = seen >= enough_points;
    if (pieces && !whole) {
      const int given = work.left - work.left / 4;
      math_work further{given};
      const bool same = look_up_to(math_point::all, true, further);
      work.left -= given - further.left;
      if (!same) return false;
      if (further.left <= 0 && !agreed) continue;
    }
    if (seen >= enough_points) return true;
  }
  return false;
}

// `printed` is the value rounded at its last place, or cut off there.
bool is_print_of(const math_node& printed, const math_node& value, math_work& work) {
  const math_point at;
  const auto a = value_of<real60>(printed, at, work), b = value_of<real60>(value, at, work);
  if (!a || !b || b->im != 0) return false;
  const real60 last = pow(real60(10), -static_cast<int>(printed.places)),
               apart = abs(a->re - b->re);
  return apart <= last / 2 || (apart < last && abs(a->re) < abs(b->re));
}

// Both constants, one of them printed by floating point.
bool is_printed_value(const math_node& one, const math_node& other, math_work& work) {
  if (has_variables(one) || has_variables(other)) return false;
  return (one.places > 0 && is_print_of(one, other, work)) ||
         (other.places > 0 && is_print_of(other, one, work));
}

}  // namespace

bool has_variables(const math_node& of) { return holds_kind(of, node_kind::symbol); }

bool have_one_value(const math_node& one, const math_node& other, math_work& work) {
  if (is_number(one) && is_number(other) && one.value == other.value) return true;
  if (is_printed_value(one, other, work)) return true;
  if (is_number(one) && is_number(other)) return false;
  if (canonical(one) == canonical(other)) return true;
  return everywhere(one, other, work, [&](const math_point& at, math_work& left) {
    return are_same_at_point(one, other, at, left);
  });
}

bool are_proportional(const math_node& one, const math_node& other, bool positive,
                      math_work& work) {
  if (!has_variables(one) || !has_variables(other)) return false;
  std::optional<real140> factor;
  static const real140 exact = pow(real140(10), -100);
  const auto look = [&](const math_point& at, math_work& left) -> std::optional<bool> {
    const auto a = value_of<real140>(one, at, left), b = value_of<real140>(other, at, left);
    if (!a || !b || a->im != 0 || b->im != 0) return std::nullopt;
    if (abs(a->re) < exact || abs(b->re) < exact) return std::nullopt;
    const real140 here = a->re / b->re;
    if (!factor) factor = here;
    return abs(here - *factor) <= exact * abs(*factor) && (!positive || here > 0);
  };
  return everywhere(one, other, work, look);
}

}  // namespace retort::engine
