#include "engine/math/math_same.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/math/math_agreement.hpp"
#include "engine/math/math_matrix.hpp"
#include "engine/math/math_name.hpp"
#include "engine/math/math_range.hpp"
#include "engine/math/math_text.hpp"
#include "engine/math/math_unit.hpp"

namespace retort::engine {
namespace {

using node_kind = math_node::kind;

constexpr std::size_t most_items = 64;

bool is_collection(const math_node& of) {
  return of.what == node_kind::list || of.what == node_kind::set;
}

bool has_signs(const math_node& of) {
  return holds_kind(of, node_kind::plus_minus) || holds_kind(of, node_kind::minus_plus);
}

// Either sign for all ±, and the other for all ∓. Sums and products are made anew, so that they
// fold.
math_node with_signs(math_node of, bool upper) {
  for (math_node& part : of.parts) part = with_signs(std::move(part), upper);
  switch (of.what) {
    case node_kind::plus_minus:
      return upper ? std::move(of.parts[0]) : negated(std::move(of.parts[0]));
    case node_kind::minus_plus:
      return upper ? negated(std::move(of.parts[0])) : std::move(of.parts[0]);
    case node_kind::sum: return sum_of(std::move(of.parts));
    case node_kind::product: return product_of(std::move(of.parts));
    case node_kind::power: return power_of(std::move(of.parts[0]), std::move(of.parts[1]));
    default: return of;
  }
}

// 1 ± 2 are two values.
math_node expanded(const math_node& of) {
  if (!has_signs(of)) return of;
  math_node made = node_of(is_collection(of) ? of.what : node_kind::list, of.name, {});
  if (!is_collection(of)) made.name.clear();
  const auto add = [&](const math_node& part) {
    for (const bool upper : {true, false}) {
      made.parts.push_back(with_signs(part, upper));
      if (!has_signs(part)) break;
    }
  };
  if (!is_collection(of)) add(of);
  if (is_collection(of)) std::ranges::for_each(of.parts, add);
  return made;
}

struct answer_item {
  std::string name;  // "" without one
  math_node value;
};

using answer_items = std::vector<answer_item>;

answer_item item_of(const math_node& of) {
  if (auto named = read_named(of)) return {std::move(named->name), std::move(named->value)};
  return {"", of};
}

// p = 5, q = 2 as (5, 2), where groups of such stand one behind the other.
math_node tuple_of(const math_node& group) {
  if (group.what != node_kind::list) return group;
  std::vector<math_node> parts;
  parts.reserve(group.parts.size());
  for (const math_node& part : group.parts) parts.push_back(item_of(part).value);
  return node_of(node_kind::tuple, "()", std::move(parts));
}

// x = 1, 2, 3: one name for all.
void share_name(answer_items& items) {
  if (items.size() < 2 || items.front().name.empty()) return;
  if (std::ranges::any_of(items.begin() + 1, items.end(),
                          [](auto& one) { return !one.name.empty(); }))
    return;
  for (answer_item& one : items) one.name = items.front().name;
}

answer_items items_of(const math_node& of) {
  answer_items items;
  if (!is_collection(of)) {
    items.push_back(item_of(of));
    if (!is_collection(items.front().value)) return items;
    const auto whole = std::move(items.front());
    items.clear();
    for (const math_node& part : whole.value.parts) items.push_back({whole.name, part});
    return items;
  }
  for (const math_node& part : of.parts)
    items.push_back(of.name == ";" ? answer_item{"", tuple_of(part)} : item_of(part));
  share_name(items);
  return items;
}

std::set<std::string> names_of(const answer_items& items) {
  std::set<std::string> names;
  for (const answer_item& one : items) names.insert(one.name);
  return names;
}

// Each has its own name: the values are in the order of the names.
bool are_told_apart(const answer_items& items) {
  const auto names = names_of(items);
  return !names.contains("") && names.size() == items.size() && items.size() > 1;
}

bool is_inequality(const math_node& of) {
  return of.what == node_kind::relation && of.name.find_first_not_of("=~") != std::string::npos;
}

// x > 0 and x < 5, x = 1 and y = 2 are not what "or" makes of them; x = 1 and x = 2 may be. A comma
// may be either between inequalities, between several names it is "and".
bool are_joined_otherwise(const math_node& a, const math_node& r) {
  const math_node &one = a.name == "or" ? a : r, &other = &one == &a ? r : a;
  if (a.what != r.what || one.name != "or" || other.name == "or") return false;
  const auto inequality = [](const math_node& of) {
    return std::ranges::any_of(of.parts, is_inequality);
  };
  if (inequality(a) || inequality(r)) return other.name == "and";
  std::set<std::string> names;
  for (const answer_item& item : items_of(one)) names.insert(without_index(item.name));
  return names.size() > 1;
}

// x = 1, y = 2, x = 3, y = 4: what the names part when they are told again, none where they do not.
std::vector<answer_items> groups_of(const answer_items& items) {
  const std::size_t size = names_of(items).size();
  if (size < 2 || items.size() % size != 0) return {};
  std::vector<answer_items> groups;
  for (auto at = items.begin(); at != items.end(); at += static_cast<std::ptrdiff_t>(size)) {
    groups.emplace_back(at, at + static_cast<std::ptrdiff_t>(size));
    if (!are_told_apart(groups.back())) return {};
  }
  return groups;
}

// x_1 = 2, x_2 = 3: the two roots, whichever is called the first.
bool are_roots(const answer_items& items) {
  std::set<std::string> bases;
  for (const answer_item& one : items) bases.insert(without_index(one.name));
  if (bases.size() != 1) return false;
  for (std::size_t i = 1; i <= items.size(); ++i) {
    const std::string index = "_" + std::to_string(i);
    if (std::ranges::none_of(items,
                             [&](auto& one) { return one.name.find(index) != std::string::npos; }))
      return false;
  }
  return true;
}

class comparison_of_math {
 public:
  explicit comparison_of_math(math_work& work) : work_(work) {}

  bool same(const math_node& answer, const math_node& reference) {
    if (work_.left <= 0) return false;
    const math_node a = expanded(answer), r = expanded(reference);
    if (canonical(a) == canonical(r)) return true;
    if (is_collection(a) || is_collection(r)) return same_collection(a, r) || same_range(a, r);
    if (a.what == node_kind::relation || r.what == node_kind::relation)
      return same_relation(a, r) || same_range(a, r);
    return same_form(a, r);
  }

 private:
  bool same_form(const math_node& a, const math_node& r) {
    const auto either = [&](node_kind what) { return a.what == what || r.what == what; };
    if (holds_kind(a, node_kind::matrix) || holds_kind(r, node_kind::matrix))
      return same_matrix(matrix_folded(a), matrix_folded(r));
    if (either(node_kind::join) || either(node_kind::reals)) return same_range(a, r);
    if (either(node_kind::tuple)) return same_tuple(a, r);
    if (either(node_kind::based)) return same_based(a, r);
    if (either(node_kind::ratio)) return same_ratio(a, r);
    if (either(node_kind::text)) return same_text(a, r);
    return same_quantity(a, r);
  }

  // Several answers.

  bool same_collection(const math_node& a, const math_node& r) {
    if (are_joined_otherwise(a, r)) return false;
    if (a.what == node_kind::tuple || r.what == node_kind::tuple) return same_as_tuple(a, r);
    answer_items answers = items_of(a), references = items_of(r);
    if (std::max(answers.size(), references.size()) > most_items) return false;
    if (a.what == node_kind::set || r.what == node_kind::set) drop_repeated(references);
    if (answers.size() > references.size()) drop_repeated(answers);  // told twice
    if (answers.size() != references.size()) return false;
    const bool told = are_told_apart(answers), wanted = are_told_apart(references);
    if (told && wanted) return same_by_name(answers, references);
    if (told || wanted) {
      return are_roots(told ? answers : references) ? same_in_any_order(answers, references)
                                                    : same_in_order(answers, references);
    }
    if (!names_agree(answers, references)) return false;
    const auto groups = groups_of(answers), wanted_groups = groups_of(references);
    if (groups.empty() && wanted_groups.empty()) return same_in_any_order(answers, references);
    return groups.size() == wanted_groups.size() &&
           any_order(groups, wanted_groups,
                     [this](auto& one, auto& other) { return same_by_name(one, other); });
  }

  // x = 1, x = 2 and y = 1, y = 2 are not the same; without a name both are.
  static bool names_agree(const answer_items& answers, const answer_items& references) {
    const auto one = names_of(answers), other = names_of(references);
    return one.contains("") || other.contains("") || one == other;
  }

  void drop_repeated(answer_items& items) {
    answer_items kept;
    for (answer_item& one : items) {
      const bool known = std::ranges::any_of(kept, [&](const answer_item& other) {
        return one.name == other.name && same(one.value, other.value);
      });
      if (!known) kept.push_back(std::move(one));
    }
    items = std::move(kept);
  }

  bool same_by_name(const answer_items& answers, const answer_items& references) {
    if (names_of(answers) != names_of(references))
      return are_roots(answers) && are_roots(references) &&
             same_in_any_order(answers, references) &&
             without_index(answers[0].name) == without_index(references[0].name);
    const bool by_name = std::ranges::all_of(answers, [&](const answer_item& one) {
      const auto wanted = std::ranges::find(references, one.name, &answer_item::name);
      return same(one.value, wanted->value);
    });
    return by_name || (are_roots(answers) && same_in_any_order(answers, references));
  }

  bool same_in_order(const answer_items& answers, const answer_items& references) {
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!same(answers[i].value, references[i].value)) return false;
    }
    return true;
  }

  // As many of both.
  template <class Items, class Same>
  static bool any_order(const Items& answers, const Items& references, Same are_same) {
    std::vector<bool> taken(references.size());
    return std::ranges::all_of(answers, [&](const auto& one) {
      for (std::size_t i = 0; i < references.size(); ++i) {
        if (taken[i] || !are_same(one, references[i])) continue;
        taken[i] = true;
        return true;
      }
      return false;
    });
  }

  bool same_in_any_order(const answer_items& answers, const answer_items& references) {
    return any_order(answers, references,
                     [this](auto& one, auto& other) { return same(one.value, other.value); });
  }

  // Coordinates without their brackets: x = 3, y = 2 for (3, 2). Two bare numbers may be the ends
  // of an interval, or two roots.
  bool same_as_tuple(const math_node& a, const math_node& r) {
    const math_node &tuple = a.what == node_kind::tuple ? a : r, &list = &tuple == &a ? r : a;
    const answer_items items = items_of(list);
    const bool ordered = list.name == "{}" || are_told_apart(items) || items.size() > 2;
    if (list.what != node_kind::list || !ordered || items.size() != tuple.parts.size())
      return false;
    if (tuple.name != "()" && tuple.name != "<>") return false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const bool fits = &tuple == &a ? same(tuple.parts[i], items[i].value)
                                     : same(items[i].value, tuple.parts[i]);
      if (!fits) return false;
    }
    return true;
  }

  // Relations.

  bool same_relation(const math_node& a, const math_node& r) {
    auto answer = read_named(a), wanted = read_named(r);
    if (a.what != node_kind::relation) return wanted && wanted->is_plain && same(a, wanted->value);
    if (r.what != node_kind::relation) return answer && same(answer->value, r);
    if (answer && wanted && answer->is_plain && wanted->is_plain &&
        names_match(answer->name, wanted->name))
      return same(answer->value, wanted->value) || same_equation(a, r);
    return same_equation(a, r) || same_part_by_part(a, r) || same_part_by_part(turned(a), r);
  }

  // y = 2x + 1 is the function f(x) = 2x + 1.
  static bool names_match(const std::string& one, const std::string& other) {
    const auto is_value = [](const std::string& name) {
      return name == canonical(named_node(node_kind::symbol, "y")) || name == "f()";
    };
    return one == other || one.empty() || other.empty() || (is_value(one) && is_value(other));
  }

  static math_node difference(const math_node& of, bool turned) {
    std::vector<math_node> parts;
    parts.push_back(of.parts[turned ? 1 : 0]);
    parts.push_back(negated(of.parts[turned ? 0 : 1]));
    return sum_of(std::move(parts));
  }

  // l < r and r > l say the same.
  static std::pair<char, bool> direction(char sign) {
    if (sign == relation_sign::greater) return {relation_sign::less, true};
    if (sign == relation_sign::at_least) return {relation_sign::at_most, true};
    return {sign, false};
  }

  // The same up to a factor: y = 2x + 1 and 4x - 2y + 2 = 0.
  bool same_equation(const math_node& a, const math_node& r) {
    if (a.parts.size() != 2 || r.parts.size() != 2) return false;
    const auto [sign, turned] = direction(a.name[0]);
    const auto [wanted, wanted_turned] = direction(r.name[0]);
    if (sign != wanted || std::string_view("=!<l").find(sign) == std::string_view::npos)
      return false;
    const bool positive = sign == relation_sign::less || sign == relation_sign::at_most;
    return are_proportional(difference(a, turned), difference(r, wanted_turned), positive, work_);
  }

  // a < b <= c as c >= b > a
  static math_node turned(math_node of) {
    std::ranges::reverse(of.parts);
    std::ranges::reverse(of.name);
    for (char& sign : of.name) {
      const auto [plain, was_turned] = direction(sign);
      sign = was_turned                       ? plain
             : sign == relation_sign::less    ? relation_sign::greater
             : sign == relation_sign::at_most ? relation_sign::at_least
                                              : sign;
    }
    return of;
  }

  bool same_part_by_part(const math_node& a, const math_node& r) {
    if (a.name != r.name || a.parts.size() != r.parts.size()) return false;
    return same_parts(a, r);
  }

  bool same_parts(const math_node& a, const math_node& r) {
    for (std::size_t i = 0; i < a.parts.size(); ++i) {
      if (!same(a.parts[i], r.parts[i])) return false;
    }
    return true;
  }

  // Of x in S only S is compared.
  bool same_range(const math_node& a, const math_node& r) {
    const auto inner = [](const math_node& of) -> math_node {
      const auto named = read_named(of);
      return named && of.name == "e" ? named->value : of;
    };
    const math_node one = inner(a), other = inner(r);
    const bool both = is_range(one) && is_range(other);
    const bool any = one.what != other.what || one.what == node_kind::join ||
                     one.what == node_kind::relation || one.what == node_kind::list;
    return both && any && are_same_ranges(one, other, work_);
  }

  static bool is_range(const math_node& of) {
    switch (of.what) {
      case node_kind::tuple: return of.parts.size() == 2;
      case node_kind::relation: return of.name.find('=') == std::string::npos;
      case node_kind::join:
      case node_kind::reals: return true;
      case node_kind::set: return true;
      case node_kind::list:
        return of.name != ";" && std::ranges::all_of(of.parts, [](const math_node& part) {
                 return part.what != node_kind::set && is_range(part);
               });
      default: return false;
    }
  }

  // Forms.

  static bool is_vector(const math_node& of) {
    return of.what == node_kind::tuple && (of.name == "()" || of.name == "<>");
  }

  bool same_tuple(const math_node& a, const math_node& r) {
    if (a.what != r.what) return same_range(a, r);
    const bool brackets = a.name == r.name || (is_vector(a) && is_vector(r));
    return brackets && a.parts.size() == r.parts.size() && same_parts(a, r);
  }

  bool same_matrix(const math_node& a, const math_node& r) {
    if (a.what != r.what) return same_vector(a, r);
    return a.name == r.name && a.parts.size() == r.parts.size() && same_parts(a, r);
  }

  // A column is the tuple of its cells.
  bool same_vector(const math_node& a, const math_node& r) {
    const math_node& matrix = a.what == node_kind::matrix ? a : r;
    const math_node& other = &matrix == &a ? r : a;
    return is_vector(other) && matrix.name == "1" && a.parts.size() == r.parts.size() &&
           same_parts(a, r);
  }

  // 204_5 may be told as 204 where the reference does, never in another base.
  static bool same_based(const math_node& a, const math_node& r) {
    if (a.what == r.what) return a.name == r.name;
    return a.what == node_kind::based && is_integer(r) &&
           a.name.substr(0, a.name.find('_')) == r.value.str();
  }

  // 2:4 is 1:2, but 10:20 may be a time; a reference that is no time would be reduced.
  bool same_ratio(const math_node& a, const math_node& r) {
    if (a.what != r.what && is_time(r) && !is_reduced(r)) return false;
    if (a.what != r.what) return a.parts.size() <= 2 && r.parts.size() <= 2 && same_quantity(a, r);
    if (a.parts.size() != r.parts.size()) return false;
    if (same_parts(a, r)) return true;
    if (is_time(r) && (is_time(a) || !is_reduced(r))) return false;
    for (std::size_t i = 1; i < a.parts.size(); ++i) {
      if (!have_one_value(cross(a.parts[0], r.parts[i]), cross(a.parts[i], r.parts[0]), work_))
        return false;
    }
    return std::ranges::none_of(a.parts, is_nothing) && std::ranges::none_of(r.parts, is_nothing);
  }

  static bool is_nothing(const math_node& of) { return is_number(of) && of.value == 0; }

  static math_node cross(const math_node& one, const math_node& other) {
    return product_of(std::vector<math_node>{one, other});
  }

  static bool is_time(const math_node& of) {
    return of.parts.size() == 2 && is_integer(of.parts[0]) && is_integer(of.parts[1]) &&
           of.parts[0].value < 24 && of.parts[1].value < 60 &&
           (of.parts[1].value >= 10 || of.parts[1].value == 0);
  }

  static bool is_reduced(const math_node& of) {
    return gcd(numerator(of.parts[0].value), numerator(of.parts[1].value)) == 1;
  }

  // Words in italics are a product of letters, in their order.
  static bool same_text(const math_node& a, const math_node& r) {
    if (a.what == r.what) return a.name == r.name;
    const math_node &text = a.what == node_kind::text ? a : r, &other = &text == &a ? r : a;
    std::string letters;
    for (const math_node& part : other.parts) {
      if (part.name.size() > 1) return false;  // "now here" is not "nowhere"
      letters += part.name;
    }
    return other.what == node_kind::product && folded_words(letters) == text.name;
  }

  // Values.

  static bool is_measured(const math_node& of) {
    return of.what == node_kind::quantity || of.what == node_kind::percent ||
           of.what == node_kind::degree;
  }

  static std::string unit_of(const math_node& of) {
    if (of.what == node_kind::percent) return std::string(percent_unit);
    if (of.what == node_kind::degree) return std::string(degree_unit);
    return of.what == node_kind::quantity ? of.name : "";
  }

  bool same_quantity(const math_node& a, const math_node& r) {
    const std::string unit = unit_of(a), wanted = unit_of(r);
    const math_node &value = is_measured(a) ? a.parts[0] : a,
                    &expected = is_measured(r) ? r.parts[0] : r;
    if (!unit.empty() && !wanted.empty()) {
      return are_same_units(unit, wanted) && same_value(value, expected);
    }
    if (!wanted.empty() && !lacks_freely(wanted)) return false;
    if (same_value(value, expected)) return true;
    // 28% is 0.28, 90° is \pi/2
    const bool scales = a.what == node_kind::percent || a.what == node_kind::degree ||
                        r.what == node_kind::percent || r.what == node_kind::degree;
    return scales && have_one_value(a, r, work_);
  }

  bool same_value(const math_node& a, const math_node& r) {
    if (is_measured(a) && is_measured(r)) return same_quantity(a, r);
    return have_one_value(a, r, work_);
  }

  math_work& work_;
};

}  // namespace

bool are_same_math(const math_node& answer, const math_node& reference, math_work& work) {
  return comparison_of_math(work).same(answer, reference);
}

}  // namespace retort::engine
