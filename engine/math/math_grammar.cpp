#include "engine/math/math_grammar.hpp"

#include <algorithm>

#include "engine/math/math_text.hpp"
#include "engine/math/math_unit.hpp"
#include "engine/number/number_reading.hpp"

namespace retort::engine {
namespace {

using node_kind = math_node::kind;

// What separates: "and", " or", "and the".
std::string_view separating_word(const math_token& one) {
  if (one.is_command("lor") || one.is_command("vee")) return "or";
  if (one.is_command("land") || one.is_command("wedge")) return "and";
  if (one.is_sign('&')) return "and";
  if (one.what != math_token::kind::word && one.what != math_token::kind::text) return {};
  std::string_view text = one.text;
  while (text.starts_with(',') || text.starts_with(' ')) text.remove_prefix(1);
  for (const std::string_view word : {"and", "or"}) {
    if (is_same_word(text, word)) return word;
  }
  return {};
}

bool is_prose_word(std::string_view word) {
  if (is_math_function(word) || word == "pi" || word == "infty" || word == "oo") return false;
  if (word.size() > 2) return std::ranges::any_of(word, [](char c) { return c >= 'a'; });
  static constexpr std::string_view short_words[] = {"no", "No", "NO"};
  return std::ranges::find(short_words, word) != std::end(short_words);
}

bool is_assignment_word(const math_node& left) {
  return left.what == node_kind::symbol && left.name.size() > 3 && !is_greek(left.name);
}

// (2, 3): what a bracket with several parts is.
bool is_set_like(const math_node& of) {
  return of.what == node_kind::tuple || of.what == node_kind::join || of.what == node_kind::set ||
         of.what == node_kind::reals;
}

math_node all_but_none(std::string_view meaning) {
  if (meaning == "none") return named_node(node_kind::set, "");
  if (meaning == "all") return named_node(node_kind::reals, "");
  if (meaning == "infinity") return named_node(node_kind::constant, "inf");
  return named_node(node_kind::text, meaning);
}

}  // namespace

const math_token& math_grammar::at(std::size_t ahead) const {
  static const math_token end;
  return failed_ || next_ + ahead >= tokens_.size() ? end : tokens_[next_ + ahead];
}

bool math_grammar::take_sign(char c) {
  if (!at().is_sign(c)) return false;
  skip();
  return true;
}

bool math_grammar::take_command(std::string_view name) {
  if (!at().is_command(name)) return false;
  skip();
  return true;
}

bool math_grammar::take_command(std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](auto name) { return take_command(name); });
}

math_node math_grammar::fail() {
  failed_ = true;
  return {};
}

std::optional<math_node> math_grammar::whole() {
  if (tokens_.size() < 2) return std::nullopt;
  node made = list();
  if (failed_ || at().what != kind::end) return std::nullopt;
  return made;
}

bool math_grammar::is_separator(const math_token& one) const {
  return one.is_sign(',') || one.is_sign(';') || !separating_word(one).empty();
}

bool math_grammar::ends_item(const math_token& one) const {
  return one.what == kind::end || one.what == kind::row || is_separator(one) || one.is_sign(')') ||
         one.is_sign(']') || one.is_sign('}') || one.is_sign(math_sign::close_set);
}

// Several in a row are one: ", and".
bool math_grammar::take_separator(std::string& word) {
  bool any = false;
  for (; is_separator(at()); skip(), any = true) {
    const auto here = separating_word(at());
    if (here == "or" || (here == "and" && word != "or")) word = here;
    if (at().is_sign(';')) word = word.empty() || word == ";" ? ";" : word;
  }
  return any;
}

// Behind a semicolon what the commas part are groups: p=5, q=2; p=7, q=2.
math_node math_grammar::list() {
  const level deeper(*this);
  std::vector<node> groups, items;
  std::string words;
  bool commas = false, semicolons = false, mixed = false;
  const auto close_group = [&] {
    if (items.size() == 1)
      groups.push_back(std::move(items.front()));
    else
      groups.push_back(node_of(node_kind::list, "", std::move(items)));
    items.clear();
  };
  for (;;) {
    items.push_back(item());
    std::string word;
    if (failed_ || !take_separator(word)) break;
    if (ends_item(at())) {
      if (at().what != kind::end || word == "and" || word == "or") return fail();
      break;
    }
    if (word == ";") {
      semicolons = true;
      close_group();
    } else {
      commas = true;
      mixed |= !word.empty() && !words.empty() && word != words;
      if (word == "or" || (word == "and" && words != "or")) words = word;
    }
  }
  // x < 1 or x > 5 and x < 9
  const auto is_relation = [](const node& of) { return of.what == node_kind::relation; };
  if (failed_ || (mixed && std::ranges::any_of(items, is_relation))) return fail();
  if (semicolons && !commas) {
    close_group();
    return node_of(node_kind::list, "", std::move(groups));
  }
  if (semicolons) {
    close_group();
    return node_of(node_kind::list, ";", std::move(groups));
  }
  if (items.size() == 1) return std::move(items.front());
  return node_of(node_kind::list, words, std::move(items));
}

math_node math_grammar::item() {
  if (auto text = words()) return std::move(*text);
  return relation();
}

// "no solution", \text{Evelyn}: words up to the item's end, and nothing else.
std::optional<math_node> math_grammar::words() {
  if (depth_ > 1) return std::nullopt;
  std::size_t size = 0;
  std::string all;
  bool any = false;
  for (;; ++size) {
    const math_token& one = at(size);
    const bool joins = one.is_sign('-') || one.is_sign('\'') || one.is_sign('.');
    if (!joins && one.what != kind::word && one.what != kind::text) break;
    if (!separating_word(one).empty()) break;
    if (one.what == kind::text || is_prose_word(one.text)) any = true;
    if (one.spaced && !all.empty()) all += ' ';
    all += one.text;
  }
  const std::string folded = folded_words(all);
  any |= !meaning_of_words(folded).empty();
  if (!any || !ends_item(at(size)) || at(0).is_sign('-')) return std::nullopt;
  if (folded.empty() || folded.find('=') != std::string::npos) return std::nullopt;
  skip(size);
  const auto meaning = meaning_of_words(folded);
  if (!meaning.empty()) return all_but_none(meaning);
  // \text{(C)}
  if (folded.size() == 1) {
    const auto letter = all.find_first_not_of(" ().");
    return named_node(node_kind::symbol, std::string_view(all).substr(letter, 1));
  }
  return named_node(node_kind::text, folded);
}

char math_grammar::take_sign_relation() {
  const math_token &one = at(), &two = at(1);
  const bool glued = two.is_sign('=') && !two.spaced;
  char sign = 0;
  if (one.is_sign('=')) sign = relation_sign::equal;
  if (one.is_sign('<')) sign = glued ? relation_sign::at_most : relation_sign::less;
  if (one.is_sign('>')) sign = glued ? relation_sign::at_least : relation_sign::greater;
  if (one.is_sign('!') && glued) sign = relation_sign::unequal;
  if (sign != 0) skip(glued ? 2 : 1);
  return sign;
}

char math_grammar::take_relation() {
  if (at().what == kind::sign) return take_sign_relation();
  if (at().is_command("not")) {
    skip();
    const char sign = take_relation();
    return sign == relation_sign::equal ? relation_sign::unequal : relation_sign::other;
  }
  if (at().what == kind::word && at().text == "in" && is_sign_of_set(at(1))) {
    skip();
    return relation_sign::element;
  }
  if (at().what != kind::command) return 0;
  const char sign = relation_named(at().text);
  if (sign != 0) skip();
  return sign;
}

// = 5, \approx 5, \in (1,2), \implies x = 5; but > 5 and \ne 5 are no 5.
bool math_grammar::take_leading_relation() {
  const bool leads = at().what == kind::command && is_leading_command(at().text);
  const char sign = take_relation();
  return leads || sign == 0 || sign == relation_sign::equal || sign == relation_sign::about ||
         sign == relation_sign::element;
}

bool math_grammar::is_sign_of_set(const math_token& one) {
  return one.is_sign('(') || one.is_sign('[') || one.is_sign(math_sign::open_set) ||
         one.is_command("mathbb");
}

math_node math_grammar::relation() {
  std::vector<node> parts;
  std::string signs;
  if (!take_leading_relation()) return fail();
  while (!failed_) {
    parts.push_back(operand());
    const char sign = take_relation();
    if (sign == 0) break;
    if (ends_item(at())) break;  // "x ="
    signs += sign;
  }
  if (failed_) return {};
  if (parts.size() == 1) return std::move(parts.front());
  return node_of(node_kind::relation, signs, std::move(parts));
}

math_node math_grammar::operand() {
  node made = ratio();
  if (failed_ || ends_item(at())) return made;
  return with_unit(std::move(made));
}

math_node math_grammar::with_unit(node of) {
  const std::span<const math_token> rest(tokens_.data() + next_, tokens_.size() - next_);
  const auto unit = read_unit(rest, letter_units_);
  if (!unit) return of;
  const math_token& behind = at(unit->size);
  const bool ends = ends_item(behind) || behind.is_sign('=') || behind.what == kind::command ||
                    (behind.is_sign('.') && at(unit->size + 1).what == kind::end);
  if (!ends) return fail();
  skip(unit->size);
  if (at().is_sign('.')) skip();
  if (unit->unit == percent_unit) return node_of(node_kind::percent, std::move(of));
  if (unit->unit == degree_unit) return node_of(node_kind::degree, std::move(of));
  node made = node_of(node_kind::quantity, std::move(of));
  made.name = unit->unit;
  return made;
}

math_node math_grammar::ratio() {
  std::vector<node> parts;
  parts.push_back(set_operation());
  while (!failed_ && set_depth_ == 0 && at().is_sign(':')) {
    skip();
    parts.push_back(set_operation());
  }
  if (parts.size() == 1) return std::move(parts.front());
  if (parts.size() == 2 && is_assignment_word(parts.front()))
    return node_of(node_kind::relation, "=", std::move(parts));
  return node_of(node_kind::ratio, "", std::move(parts));
}

char math_grammar::set_operator() const {
  const math_token& one = at();
  if (one.is_command("cup") || one.is_command("bigcup")) return 'u';
  if (one.is_command("cap")) return 'n';
  if (one.is_command("setminus") || one.is_command("backslash")) return '\\';
  const bool between = is_sign_of_set(at(1)) || at(1).is_command("left");
  if (one.what == kind::word && (one.text == "U" || one.text == "u" || one.text == "union") &&
      between)
    return 'u';
  return 0;
}

math_node math_grammar::set_operation() {
  node left = sum();
  while (!failed_) {
    const char what = set_operator();
    if (what == 0 || (at().what == kind::word && !is_set_like(left))) break;
    skip();
    std::vector<node> parts;
    parts.push_back(std::move(left));
    parts.push_back(sum());
    left = node_of(node_kind::join, std::string_view(&what, 1), std::move(parts));
  }
  return left;
}

std::optional<math_node> parse_math(std::string_view text, const math_reading& reading) {
  auto tokens = split_math_text(text, reading.commas);
  if (tokens.empty()) return std::nullopt;
  return math_grammar(std::move(tokens), reading.letter_units).whole();
}

}  // namespace retort::engine
