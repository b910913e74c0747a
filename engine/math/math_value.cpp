#include "engine/math/math_value.hpp"

#include <cmath>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace retort::engine {
namespace {

using node_kind = math_node::kind;
using boost::multiprecision::cpp_rational;

constexpr int function_work = 25;
constexpr int most_terms = 200;  // of a sum that is added up
constexpr int most_times = 100'000;
constexpr unsigned digits_told_apart = 30;

// FNV-1a, and splitmix64 behind it.
std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF29CE484222325u ^ (seed * 0x9E3779B97F4A7C15u);
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
  return hash ^ (hash >> 31);
}

template <class Real>
class math_evaluation {
 public:
  using complex = complex_of<Real>;
  using maybe = std::optional<complex>;

  math_evaluation(const math_point& at, math_work& work, const math_bindings<Real>& bound)
      : at_(at), work_(work), bound_(bound) {}

  maybe of(const math_node& node) {
    if (--work_.left < 0) return std::nullopt;
    auto made = evaluated(node);
    if (made && (!isfinite(made->re) || !isfinite(made->im))) return std::nullopt;
    return made;
  }

 private:
  static maybe real(Real value) { return complex{std::move(value), 0}; }
  static bool is_real(const complex& z) { return z.im == 0; }

  static Real real_of(const cpp_rational& value) {
    return Real(numerator(value)) / Real(denominator(value));
  }

  maybe evaluated(const math_node& node) {
    switch (node.what) {
      case node_kind::number: return real(real_of(node.value));
      case node_kind::symbol: return real(variable(node.name));
      case node_kind::constant: return constant(node.name);
      case node_kind::sum: return sum(node);
      case node_kind::product: return product(node);
      case node_kind::power: return power(node);
      case node_kind::call: return call(node);
      case node_kind::percent: return scaled(node, Real(1) / 100);
      case node_kind::degree: return scaled(node, pi() / 180);
      case node_kind::quantity: return of(node.parts[0]);
      case node_kind::ratio: return ratio(node);
      case node_kind::text: return real(between_one_and_two(hash_of(node.name, at_.number)));
      default: return std::nullopt;
    }
  }

  static const Real& pi() {
    static const Real value = boost::math::constants::pi<Real>();
    return value;
  }

  static Real between_one_and_two(std::uint64_t hash) { return 1 + ldexp(Real(hash), -64); }

  // Around 1, where functions are most alive: all above 0, all below, and mixed both ways. The
  // points beyond the ordinary ones go from 0 to 5 by steps of a half, with others for each
  // variable, and on to 1000. Whole ones are even and odd by turns.
  Real variable(const std::string& name) {
    if (const auto known = bound_.find(name); known != bound_.end()) return known->second;
    const std::uint64_t hash = hash_of(name, at_.number + 1);
    if (at_.whole) return Real(2 + hash % 20 * 2 + at_.number % 2);
    const Real part = ldexp(Real(hash), -64);
    Real size = Real(3) / 10 + part * 3;
    if (at_.number >= math_point::ordinary) {
      constexpr unsigned steps = (math_point::all - math_point::ordinary) / 4, halves = 10;
      const auto step = static_cast<unsigned>((hash_of(name, 0) % steps + at_.number / 4) % steps);
      size = step < halves ? (step + part) / 2 : step == halves ? 5 + 95 * part : 900 * part + 100;
    }
    const bool coin = (hash_of(name, 0) & 0x10000) != 0;
    const bool negative[] = {false, true, coin, !coin};
    return negative[at_.number % 4] ? Real(-size) : size;
  }

  maybe constant(std::string_view name) {
    if (name == "pi") return real(pi());
    if (name == "e") {
      static const Real value = exp(Real(1));
      return real(value);
    }
    if (name == "i") return complex{0, 1};
    return std::nullopt;
  }

  maybe scaled(const math_node& node, const Real& by) {
    auto made = of(node.parts[0]);
    if (made) made = complex{made->re * by, made->im * by};
    return made;
  }

  maybe sum(const math_node& node) {
    complex total;
    for (const math_node& part : node.parts) {
      const auto one = of(part);
      if (!one) return std::nullopt;
      total = {total.re + one->re, total.im + one->im};
    }
    return total;
  }

  static complex times(const complex& a, const complex& b) {
    if (is_real(a) && is_real(b)) return {a.re * b.re, 0};
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }

  static maybe inverse(const complex& z) {
    if (is_zero(z)) return std::nullopt;
    if (is_real(z)) return real(1 / z.re);
    const Real size = z.re * z.re + z.im * z.im;
    return complex{z.re / size, -z.im / size};
  }

  // What cancels to nothing leaves a little behind.
  static bool is_zero(const complex& z) {
    static const Real little = pow(Real(10), -(std::numeric_limits<Real>::digits10 - 12));
    return abs(z.re) < little && abs(z.im) < little;
  }

  maybe product(const math_node& node) {
    complex made{1, 0};
    for (const math_node& part : node.parts) {
      const auto one = of(part);
      if (!one) return std::nullopt;
      made = times(made, *one);
    }
    return made;
  }

  maybe ratio(const math_node& node) {
    if (node.parts.size() != 2) return std::nullopt;
    const auto above = of(node.parts[0]), below = of(node.parts[1]);
    const auto inverted = below ? inverse(*below) : std::nullopt;
    if (!above || !inverted) return std::nullopt;
    return times(*above, *inverted);
  }

  maybe power(const math_node& node) {
    const math_node &base_node = node.parts[0], &exponent = node.parts[1];
    const auto base = of(base_node);
    if (!base) return std::nullopt;
    if (is_number(exponent)) return rational_power(*base, exponent.value);
    const auto raised = of(exponent);
    if (!raised) return std::nullopt;
    return general_power(*base, *raised);
  }

  maybe whole_power(complex base, long times_left) {
    const bool negative = times_left < 0;
    complex made{1, 0};
    for (auto left = static_cast<unsigned long>(std::abs(times_left)); left > 0; left >>= 1) {
      if (left & 1) made = times(made, base);
      if (left > 1) base = times(base, base);
    }
    return negative ? inverse(made) : maybe(made);
  }

  maybe rational_power(const complex& base, const cpp_rational& exponent) {
    const bool small = abs(numerator(exponent)) <= most_times && denominator(exponent) <= 1000;
    if (!small) return general_power(base, {real_of(exponent), 0});
    const auto above = static_cast<long>(numerator(exponent)),
               below = static_cast<long>(denominator(exponent));
    if (below == 1) {
      if (above <= 0 && is_zero(base)) return std::nullopt;
      return whole_power(base, above);
    }
    if (!is_real(base)) return general_power(base, {real_of(exponent), 0});
    if (base.re < 0 && below % 2 == 0) {
      if (!at_.is_complex) return std::nullopt;
      return general_power(base, {real_of(exponent), 0});
    }
    const auto root = real_root(base.re, below);
    return root ? rational_power(*root, cpp_rational(above)) : std::nullopt;
  }

  // Of what is negative the odd root is negative.
  maybe real_root(const Real& of, long degree) {
    work_.left -= function_work;
    if (of == 0) return real(0);
    if (degree == 2) return real(sqrt(of));
    const Real size = exp(log(abs(of)) / degree);
    return real(of < 0 ? Real(-size) : size);
  }

  maybe general_power(const complex& base, const complex& raised) {
    if (is_zero(base)) {
      if (!is_real(raised) || raised.re <= 0) return std::nullopt;
      return real(0);
    }
    if (is_real(base) && base.re < 0 && is_real(raised) && abs(raised.re) < most_times) {
      const Real rounded = round(raised.re);
      if (abs(raised.re - rounded) < nearly_nothing())
        return whole_power(base, static_cast<long>(rounded));
    }
    const auto logarithm = ln(base);
    if (!logarithm) return std::nullopt;
    return exponential(times(*logarithm, raised));
  }

  static const Real& nearly_nothing() {
    static const Real value = pow(Real(10), -40);
    return value;
  }

  maybe exponential(const complex& z) {
    work_.left -= function_work;
    if (abs(z.re) > 1'000'000 || abs(z.im) > 1'000'000) return std::nullopt;
    const Real size = exp(z.re);
    if (is_real(z)) return real(size);
    return complex{size * cos(z.im), size * sin(z.im)};
  }

  maybe ln(const complex& z) {
    work_.left -= function_work;
    if (is_zero(z)) return std::nullopt;
    if (is_real(z) && z.re > 0) return real(log(z.re));
    if (!at_.is_complex) return std::nullopt;
    return complex{log(z.re * z.re + z.im * z.im) / 2, atan2(z.im, z.re)};
  }

  // Of a base that everybody takes for another: 10, e or 2. So it is none of them.
  maybe logarithm(const complex& z) {
    const auto natural = ln(z);
    if (!natural) return std::nullopt;
    static const Real base = between_one_and_two(hash_of("log", 0));
    return times(*natural, {base, 0});
  }

  maybe call(const math_node& node) {
    const std::string& name = node.name;
    if (name == "sum" || name == "prod") return series(node);
    std::vector<complex> values;
    for (const math_node& part : node.parts) {
      const auto one = argument(part);
      if (!one) return std::nullopt;
      values.push_back(*one);
    }
    if (values.size() == 1) {
      if (name == "abs") return absolute(values[0]);
      if (name == "ln") return ln(values[0]);
      if (name == "log") return logarithm(values[0]);
      if (const auto known =
              is_real(values[0]) ? of_real(name, values[0].re) : unknown(name, values))
        return *known;
    }
    if (name == "binom" && values.size() == 2) return binomial(values[0], values[1]);
    if (name == "max" || name == "min") return extreme(values, name == "max");
    if (name == "gcd" || name == "lcm") return divisor(values, name == "gcd");
    return *unknown(name, values);
  }

  // Of a matrix and the like only its parts are known.
  maybe argument(const math_node& part) {
    switch (part.what) {
      case node_kind::tuple:
      case node_kind::list:
      case node_kind::set:
      case node_kind::matrix:
      case node_kind::relation: {
        std::vector<complex> values;
        for (const math_node& inner : part.parts) {
          const auto one = argument(inner);
          if (!one) return std::nullopt;
          values.push_back(*one);
        }
        return *unknown(canonical(named_node(part.what, part.name)), values);
      }
      default: return of(part);
    }
  }

  static maybe absolute(const complex& z) {
    if (is_real(z)) return real(abs(z.re));
    return real(sqrt(z.re * z.re + z.im * z.im));
  }

  // A value for each function and each value of its arguments. Outer nothing: see of_real.
  std::optional<maybe> unknown(std::string_view name, const std::vector<complex>& values) {
    work_.left -= function_work;
    std::string all(name);
    for (const complex& one : values) {
      all += ' ';
      all += rounded_text(one.re);
      if (!is_real(one)) all += "i" + rounded_text(one.im);
    }
    return real(between_one_and_two(hash_of(all, 0)));
  }

  static std::string rounded_text(const Real& value) {
    if (abs(value) < nearly_nothing()) return "0";
    return value.str(digits_told_apart, std::ios_base::scientific);
  }

  // Outer nothing for a function that is not known, inner for one that is not defined there.
  std::optional<maybe> of_real(std::string_view name, const Real& x) {
    work_.left -= function_work;
    if (name == "floor") return real(rounded(x, false));
    if (name == "ceil") return real(rounded(x, true));
    if (name == "factorial") return factorial(x);
    if (name == "sgn") return real(x > 0 ? 1 : x < 0 ? -1 : 0);
    if (abs(x) > 1'000'000) return std::nullopt;
    if (auto trigonometric = of_angle(name, x)) return trigonometric;
    return of_other(name, x);
  }

  static Real rounded(const Real& x, bool up) {
    Real near = round(x);
    if (abs(x - near) < nearly_nothing()) return near;
    return up ? ceil(x) : floor(x);
  }

  static maybe factorial(const Real& x) {
    const Real near = round(x);
    if (abs(x - near) > nearly_nothing() || near < 0 || near > 5000) return std::nullopt;
    Real made = 1;
    for (int i = 2; i <= static_cast<int>(near); ++i) made *= i;
    return real(made);
  }

  static std::optional<maybe> of_angle(std::string_view name, const Real& x) {
    if (name == "sin") return real(sin(x));
    if (name == "cos") return real(cos(x));
    if (name == "tan") return divided(sin(x), cos(x));
    if (name == "cot") return divided(cos(x), sin(x));
    if (name == "sec") return divided(1, cos(x));
    if (name == "csc") return divided(1, sin(x));
    return std::nullopt;
  }

  static maybe divided(const Real& above, const Real& below) {
    if (abs(below) < nearly_nothing()) return std::nullopt;
    return real(above / below);
  }

  static std::optional<maybe> of_other(std::string_view name, const Real& x) {
    const bool inside = abs(x) <= 1 + nearly_nothing();
    const Real held = x > 1 ? Real(1) : x < -1 ? Real(-1) : x;
    if (name == "arctan") return real(atan(x));
    if (name == "arccot") return real(pi() / 2 - atan(x));
    if (name == "arcsin") return inside ? real(asin(held)) : std::nullopt;
    if (name == "arccos") return inside ? real(acos(held)) : std::nullopt;
    if (name == "sinh") return real((exp(x) - exp(-x)) / 2);
    if (name == "cosh") return real((exp(x) + exp(-x)) / 2);
    if (name == "tanh") return real(1 - 2 / (exp(2 * x) + 1));
    return std::nullopt;
  }

  maybe binomial(const complex& n, const complex& k) {
    const auto above = factorial(n.re), below = factorial(k.re), rest = factorial(n.re - k.re);
    if (!above || !below || !rest) return std::nullopt;
    work_.left -= function_work;
    return real(above->re / (below->re * rest->re));
  }

  static maybe extreme(const std::vector<complex>& values, bool largest) {
    const complex* best = &values[0];
    for (const complex& one : values) {
      if (!is_real(one)) return std::nullopt;
      if (largest ? one.re > best->re : one.re < best->re) best = &one;
    }
    return *best;
  }

  static maybe divisor(const std::vector<complex>& values, bool greatest) {
    std::uint64_t made = 0;
    for (const complex& one : values) {
      const Real near = round(one.re);
      if (abs(one.re - near) > nearly_nothing() || near < 1 || near > 1'000'000'000)
        return std::nullopt;
      const auto next = static_cast<std::uint64_t>(near);
      if (made == 0)
        made = next;
      else
        made = greatest ? std::gcd(made, next) : std::lcm(made, next);
      if (made > 1'000'000'000'000) return std::nullopt;
    }
    return real(Real(made));
  }

  // Added up where it has an end; else by its ends and what its body is at one place.
  maybe series(const math_node& node) {
    const auto first = of(node.parts[0]), last = ending(node.parts[1]);
    if (!first || !last) return std::nullopt;
    const std::string& index = node.parts[3].name;
    const bool ends = node.parts[1].what != node_kind::constant && is_whole(*first) &&
                      is_whole(*last) && last->re - first->re < most_terms;
    if (ends) return added_up(node, first->re, last->re, index);
    const auto body = with(index, variable("#")).of(node.parts[2]);
    if (!body) return std::nullopt;
    return *unknown(node.name, {*first, *last, *body});
  }

  maybe ending(const math_node& node) {
    if (node.what == node_kind::constant && node.name == "inf") return real(Real(1) / 7);
    return of(node);
  }

  static bool is_whole(const complex& z) {
    return is_real(z) && abs(z.re) < 1'000'000'000 && abs(z.re - round(z.re)) < nearly_nothing();
  }

  math_evaluation with(const std::string& name, Real value) {
    math_evaluation made(at_, work_, bound_);
    made.bound_[name] = std::move(value);
    return made;
  }

  maybe added_up(const math_node& node, const Real& first, const Real& last,
                 const std::string& index) {
    const bool adds = node.name == "sum";
    complex made{adds ? 0 : 1, 0};
    for (Real at = round(first); at <= last + nearly_nothing(); at += 1) {
      const auto one = with(index, at).of(node.parts[2]);
      if (!one) return std::nullopt;
      made = adds ? complex{made.re + one->re, made.im + one->im} : times(made, *one);
    }
    return made;
  }

  math_point at_;
  math_work& work_;
  math_bindings<Real> bound_;
};

}  // namespace

template <class Real>
std::optional<complex_of<Real>> value_of(const math_node& node, const math_point& at,
                                         math_work& work, const math_bindings<Real>& bound) {
  return math_evaluation<Real>(at, work, bound).of(node);
}

template std::optional<complex_of<real60>> value_of(const math_node&, const math_point&, math_work&,
                                                    const math_bindings<real60>&);
template std::optional<complex_of<real140>> value_of(const math_node&, const math_point&,
                                                     math_work&, const math_bindings<real140>&);

}  // namespace retort::engine
