// What a formula comes to, in numbers of 60 digits (or 140): at a point where each of its variables
// has a pseudo-random value, always the same. Real where the formula is; functions that nobody here
// knows have a pseudo-random value for each value of theirs. Nothing where it is not defined, or
// costs too much. Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <boost/multiprecision/cpp_bin_float.hpp>

#include "engine/math/math_node.hpp"

namespace retort::engine {

using real60 = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<60>,
                                             boost::multiprecision::et_off>;
using real140 = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<140>,
                                              boost::multiprecision::et_off>;

template <class Real>
struct complex_of {
  Real re = 0, im = 0;
};

// Steps that one comparison may still take, whatever it holds: about a microsecond each.
struct math_work {
  int left = 20'000;
};

struct math_point {
  unsigned number = 0;      // from `ordinary` on also near 0 and far from it
  bool whole = false;       // the variables are whole numbers
  bool is_complex = false;  // roots and logarithms of what is negative are complex, else undefined

  static constexpr unsigned ordinary = 12, all = 60;
};

// Variables by name that are not at their point's value.
template <class Real>
using math_bindings = std::map<std::string, Real, std::less<>>;

template <class Real>
std::optional<complex_of<Real>> value_of(const math_node&, const math_point&, math_work&,
                                         const math_bindings<Real>& bound = {});

extern template std::optional<complex_of<real60>> value_of(const math_node&, const math_point&,
                                                           math_work&,
                                                           const math_bindings<real60>&);
extern template std::optional<complex_of<real140>> value_of(const math_node&, const math_point&,
                                                            math_work&,
                                                            const math_bindings<real140>&);

}  // namespace retort::engine
