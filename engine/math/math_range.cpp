#include "engine/math/math_range.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace retort::engine {
namespace {

using node_kind = math_node::kind;

constexpr std::string_view range_variable = "#x";
constexpr std::size_t most_ends = 64;

void collect_symbols(const math_node& in, std::set<std::string>& out) {
  if (in.what == node_kind::symbol) out.insert(in.name);
  for (const math_node& part : in.parts) collect_symbols(part, out);
}

bool is_unknown_call(const math_node& of) {
  return of.what == node_kind::call && (of.name.size() == 1 || of.name.starts_with('_'));
}

// What the relation is about: its one variable, or what stands alone on a side: 0 < f(x) < 1.
std::optional<math_node> subject_of(const math_node& relation) {
  for (const math_node& part : relation.parts) {
    if (is_unknown_call(part)) return part;
  }
  std::set<std::string> names;
  collect_symbols(relation, names);
  if (names.size() == 1) return named_node(node_kind::symbol, *names.begin());
  for (const math_node& part : relation.parts) {
    if (part.what == node_kind::symbol) return part;
  }
  return std::nullopt;
}

math_node with_replaced(math_node in, const std::string& what) {
  if (canonical(in) == what) return named_node(node_kind::symbol, range_variable);
  for (math_node& part : in.parts) part = with_replaced(std::move(part), what);
  return in;
}

// The relations speak of the range's variable from here on. False where they speak of several.
bool take_subject(math_node& in, std::string& subject) {
  if (in.what == node_kind::relation) {
    const auto found = subject_of(in);
    if (!found) return false;
    const std::string name = canonical(*found);
    if (!subject.empty() && subject != name) return false;
    subject = name;
    in = with_replaced(std::move(in), name);
    return true;
  }
  return std::ranges::all_of(in.parts,
                             [&](math_node& part) { return take_subject(part, subject); });
}

bool has_other_symbols(const math_node& in) {
  if (in.what == node_kind::symbol && in.name != range_variable) return true;
  return std::ranges::any_of(in.parts, has_other_symbols);
}

bool near(const real60& a, const real60& b) {
  static const real60 little = pow(real60(10), -35);
  return abs(a - b) <= little * std::max({real60(1), real60(abs(a)), real60(abs(b))});
}

class real_range {
 public:
  real_range(const math_node& of, const math_point& at, math_work& work)
      : of_(of), at_(at), work_(work) {}

  // Its ends, and whether these are all: they are not of every inequality.
  bool collect(std::vector<real60>& ends) { return collect(of_, ends); }
  bool tells_all() const { return tells_all_; }
  std::optional<bool> contains(const real60& x) { return contains(of_, x); }

 private:
  std::optional<real60> value(const math_node& of, const math_bindings<real60>& bound = {}) {
    if (of.what == node_kind::constant && of.name == "inf") return far();
    if (of.what == node_kind::product && holds_constant(of, "inf"))
      return is_number(of.parts[0]) && of.parts[0].value < 0 ? real60(-far()) : far();
    const auto made = value_of<real60>(of, at_, work_, bound);
    if (!made || made->im != 0) return std::nullopt;
    return made->re;
  }

  static const real60& far() {
    static const real60 value = pow(real60(10), 100);
    return value;
  }

  bool collect(const math_node& in, std::vector<real60>& ends) {
    if (ends.size() > most_ends) return false;
    switch (in.what) {
      case node_kind::reals: return true;
      case node_kind::tuple:
        if (in.parts.size() != 2 || in.name == "<>") return false;
        [[fallthrough]];
      case node_kind::set:
        return std::ranges::all_of(in.parts, [&](const math_node& part) {
          const auto end = value(part);
          if (end && abs(*end) < far()) ends.push_back(*end);
          return end.has_value();
        });
      case node_kind::join:
      case node_kind::list:
        return std::ranges::all_of(in.parts,
                                   [&](const math_node& part) { return collect(part, ends); });
      case node_kind::relation: return collect_of_relation(in, ends);
      default: return false;
    }
  }

  bool collect_of_relation(const math_node& in, std::vector<real60>& ends) {
    for (std::size_t i = 0; i + 1 < in.parts.size(); ++i) {
      if (in.name[i] == relation_sign::element) {
        if (!collect(in.parts[i + 1], ends)) return false;
        continue;
      }
      if (in.name[i] == relation_sign::other || in.name[i] == relation_sign::about) return false;
      if (!collect_roots(in.parts[i], in.parts[i + 1], ends)) tells_all_ = false;
    }
    return true;
  }

  std::optional<real60> difference(const math_node& left, const math_node& right, const real60& x) {
    const math_bindings<real60> bound{{std::string(range_variable), x}};
    const auto one = value(left, bound), other = value(right, bound);
    if (!one || !other) return std::nullopt;
    return *one - *other;
  }

  // A polynomial of the second degree or less, through three points, is that where it goes through
  // two more.
  bool collect_roots(const math_node& left, const math_node& right, std::vector<real60>& ends) {
    const real60 xs[] = {0, 1, -1, real60(7) / 3, real60(-31) / 5};
    real60 ys[5];
    for (int i = 0; i < 5; ++i) {
      const auto y = difference(left, right, xs[i]);
      if (!y) return false;
      ys[i] = *y;
    }
    if (std::ranges::any_of(ys, [](const real60& y) { return abs(y) >= far() / 2; })) return true;
    const real60 c = ys[0], b = (ys[1] - ys[2]) / 2, a = (ys[1] + ys[2]) / 2 - c;
    for (int i = 3; i < 5; ++i) {
      if (!near(a * xs[i] * xs[i] + b * xs[i] + c, ys[i])) return false;
    }
    if (near(a, 0)) {
      if (!near(b, 0)) ends.push_back(-c / b);
      return true;
    }
    const real60 inside = b * b - 4 * a * c;
    if (inside < 0 && !near(inside, 0)) return true;
    const real60 root = near(inside, 0) ? real60(0) : real60(sqrt(inside));
    ends.push_back((-b - root) / (2 * a));
    ends.push_back((-b + root) / (2 * a));
    return true;
  }

  std::optional<bool> contains(const math_node& in, const real60& x) {
    switch (in.what) {
      case node_kind::reals: return true;
      case node_kind::set: return is_in_set(in, x);
      case node_kind::tuple: return is_in_interval(in, x);
      case node_kind::join: return is_in_join(in, x);
      case node_kind::list: return is_in_list(in, x);
      case node_kind::relation: return holds(in, x);
      default: return std::nullopt;
    }
  }

  std::optional<bool> is_in_set(const math_node& in, const real60& x) {
    for (const math_node& part : in.parts) {
      const auto one = value(part);
      if (!one) return std::nullopt;
      if (near(*one, x)) return true;
    }
    return false;
  }

  std::optional<bool> is_in_interval(const math_node& in, const real60& x) {
    const auto low = value(in.parts[0]), high = value(in.parts[1]);
    if (!low || !high || *low > *high) return std::nullopt;
    if (near(*low, x)) return in.name[0] == '[' && (*low < *high || near(*low, *high));
    if (near(*high, x)) return in.name[1] == ']' && *low < *high;
    return *low < x && x < *high;
  }

  std::optional<bool> is_in_join(const math_node& in, const real60& x) {
    const auto left = contains(in.parts[0], x), right = contains(in.parts[1], x);
    if (!left || !right) return std::nullopt;
    if (in.name == "u") return *left || *right;
    if (in.name == "n") return *left && *right;
    return *left && !*right;
  }

  // x < 1 or x > 2; x > 1 and x < 2. What only a comma parts may be either.
  std::optional<bool> is_in_list(const math_node& in, const real60& x) {
    const bool relates = holds_kind(in, node_kind::relation);
    if (in.name != "or" && in.name != "and" && relates) return std::nullopt;
    const bool all = in.name == "and" && relates;
    bool any_in = false, all_in = true;
    for (const math_node& part : in.parts) {
      const auto one = contains(part, x);
      if (!one) return std::nullopt;
      any_in |= *one;
      all_in &= *one;
    }
    return all ? all_in : any_in;
  }

  std::optional<bool> holds(const math_node& in, const real60& x) {
    for (std::size_t i = 0; i + 1 < in.parts.size(); ++i) {
      if (in.name[i] == relation_sign::element) {
        const auto inside = contains(in.parts[i + 1], x);
        if (!inside || !*inside) return inside;
        continue;
      }
      const auto by = difference(in.parts[i], in.parts[i + 1], x);
      if (!by) return false;  // not where a side is not defined
      if (!agrees(in.name[i], *by)) return false;
    }
    return true;
  }

  static bool agrees(char sign, const real60& by) {
    const bool same = near(by, 0);
    switch (sign) {
      case relation_sign::equal: return same;
      case relation_sign::unequal: return !same;
      case relation_sign::less: return !same && by < 0;
      case relation_sign::greater: return !same && by > 0;
      case relation_sign::at_most: return same || by < 0;
      default: return same || by > 0;
    }
  }

  const math_node& of_;
  math_point at_;
  math_work& work_;
  bool tells_all_ = true;
};

// The ends, and places beside and between them.
std::vector<real60> places_to_look(std::vector<real60> ends) {
  std::ranges::sort(ends);
  if (ends.empty()) ends.push_back(0);
  std::vector<real60> out = ends;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const real60 width = ends[i + 1] - ends[i];
    for (const int part : {1, 3, 7, 11, 15}) out.push_back(ends[i] + width * part / 16);
  }
  const real60 little = real60(1) / 1'000'000'007;
  for (const real60& end : ends) {
    out.push_back(end - little);
    out.push_back(end + little);
  }
  for (const int by : {1, 7, 100, 12345}) {
    out.push_back(ends.front() - by);
    out.push_back(ends.back() + by);
  }
  return out;
}

bool are_same_at(const math_node& one, const math_node& other, const math_point& at,
                 math_work& work) {
  real_range left(one, at, work), right(other, at, work);
  std::vector<real60> ends;
  if (!left.collect(ends) || !right.collect(ends)) return false;
  if (!left.tells_all() && !right.tells_all()) return false;
  for (const real60& x : places_to_look(std::move(ends))) {
    const auto in_left = left.contains(x), in_right = right.contains(x);
    if (!in_left || !in_right || *in_left != *in_right) return false;
  }
  return true;
}

}  // namespace

bool are_same_ranges(const math_node& one, const math_node& other, math_work& work) {
  math_node left = one, right = other;
  std::string subject;
  if (!take_subject(left, subject) || !take_subject(right, subject)) return false;
  const bool symbolic = has_other_symbols(left) || has_other_symbols(right);
  for (unsigned point = 0; point < (symbolic ? 3 : 1); ++point) {
    if (!are_same_at(left, right, {.number = point}, work)) return false;
  }
  return work.left > 0;
}

}  // namespace retort::engine
