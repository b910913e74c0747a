#include <algorithm>

#include "engine/math/math_grammar.hpp"
#include "engine/math/math_text.hpp"
#include "engine/number/number_reading.hpp"
#include "engine/number/number_units.hpp"

namespace retort::engine {
namespace {

using node_kind = math_node::kind;
using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

constexpr int most_factorial = 1000;

math_node pair_of(node_kind what, std::string_view name, math_node one, math_node other) {
  std::vector<math_node> parts;
  parts.push_back(std::move(one));
  parts.push_back(std::move(other));
  return node_of(what, name, std::move(parts));
}

math_node call_of(std::string_view name, math_node of) {
  math_node made = node_of(node_kind::call, std::move(of));
  made.name = name;
  return made;
}

math_node product_with(math_node one, math_node other) {
  std::vector<math_node> parts;
  parts.push_back(std::move(one));
  parts.push_back(std::move(other));
  return product_of(std::move(parts));
}

bool is_literal(const math_token& one) {
  return one.what == math_token::kind::number && !one.has_point;
}

std::size_t size_of_letter(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
  return size;
}

// The function that letters begin with, as in sinx; "" where they begin with none.
std::string_view function_before(std::string_view letters) {
  for (const std::string_view name : {"sin", "cos", "tan", "log", "sqrt", "ln"}) {
    if (letters.starts_with(name) && letters.size() <= name.size() + 2) return name;
  }
  return {};
}

bool is_fraction(const math_token& one) {
  return one.is_command("frac") || one.is_command("dfrac") || one.is_command("tfrac") ||
         one.is_command("cfrac");
}

bool has_vowel(std::string_view word) {
  return word.find_first_of("aeiouy") != std::string_view::npos;
}

math_node choose(math_node n, math_node k) {
  const bool exact = is_integer(n) && is_integer(k) && k.value >= 0 && k.value <= n.value &&
                     n.value <= most_factorial;
  if (!exact) return pair_of(node_kind::call, "binom", std::move(n), std::move(k));
  const int from = static_cast<int>(numerator(n.value)),
            count = static_cast<int>(numerator(k.value));
  cpp_int made = 1;
  for (int i = 1; i <= count; ++i) made = made * (from - count + i) / i;
  return number_node(cpp_rational(made));
}

math_node with_symbol_replaced(math_node in, std::string_view name, std::string_view by) {
  if (in.what == node_kind::symbol && in.name == name) in.name = by;
  for (math_node& part : in.parts) part = with_symbol_replaced(std::move(part), name, by);
  return in;
}

}  // namespace

// 1, -1, and 2 for ±, -2 for ∓; 0 where no sign stands here.
int math_grammar::take_term_sign() {
  if (take_sign('+')) return 1;
  if (take_sign('-')) return -1;
  if (take_command("pm")) return 2;
  if (take_command("mp")) return -2;
  return 0;
}

math_node math_grammar::sum() {
  std::vector<node> parts;
  int sign = take_term_sign();
  do {
    node made = term();
    if (sign == -1) made = negated(std::move(made));
    if (sign == 2) made = node_of(node_kind::plus_minus, std::move(made));
    if (sign == -2) made = node_of(node_kind::minus_plus, std::move(made));
    parts.push_back(std::move(made));
    sign = take_term_sign();
  } while (!failed_ && sign != 0);
  if (parts.size() == 1) return std::move(parts.front());
  return sum_of(std::move(parts));
}

math_node math_grammar::term() {
  node made = factor();
  while (!failed_) {
    if (at().is_sign('*') || at().is_command("times") || at().is_command("cdot") ||
        at().is_command("ast")) {
      skip();
      made = product_with(std::move(made), factor());
    } else if (at().is_sign('/') || at().is_command("div")) {
      skip();
      made = quotient_of(std::move(made), factor());
    } else if (take_command("choose")) {
      made = choose(std::move(made), factor());
    } else if (at().is_command("pmod") || at().is_command("bmod") || at().is_command("mod")) {
      skip();
      made = pair_of(node_kind::call, "mod", std::move(made), argument());
    } else if (starts_factor()) {
      made = product_with(std::move(made), factor());
    } else {
      break;
    }
  }
  return made;
}

// What may follow a factor to be multiplied by it.
bool math_grammar::starts_factor() const {
  const math_token& one = at();
  switch (one.what) {
    case kind::number: {
      const math_token& last = before();
      return last.is_sign(')') || last.is_sign('}') || last.is_sign(']') ||
             last.what == kind::command;
    }
    case kind::word:
      return !is_word_of_unit(one) && !is_separator(one) && set_operator() == 0 &&
             !(one.text == "in" && is_sign_of_set(at(1)));
    case kind::sign:
      if (one.is_sign('|')) return bars_ == 0 && set_depth_ == 0;
      return one.is_sign('(') || one.is_sign('[') || one.is_sign('{');
    case kind::command: {
      static constexpr std::string_view others[] = {
          "frac", "dfrac", "tfrac",  "cfrac", "sqrt",  "pi",    "binom", "dbinom", "tbinom",
          "sum",  "prod",  "lfloor", "lceil", "lvert", "begin", "infty", "surd"};
      return is_greek(one.text) || is_math_function(one.text) || is_mark(one.text) ||
             is_decoration(one.text) || std::ranges::find(others, one.text) != std::end(others);
    }
    default: return false;
  }
}

// Behind a number: cm, apples, not x, ab or sin.
bool math_grammar::is_word_of_unit(const math_token& one) const {
  if (next_ == split_) return false;
  if (is_math_function(one.text) || !function_before(one.text).empty()) return false;
  if (one.text == "pi" || one.text == "infty") return false;
  const math_token& last = before();
  const bool behind_value = last.what == kind::number || last.is_sign(')') || last.is_sign('}') ||
                            last.is_command("pi") || last.is_sign('!') ||
                            (one.spaced && one.text.size() > 1);
  if (!behind_value) return false;
  if (one.text.size() == 1) return letter_units_ && unit_named(one.text) != 0;
  if (unit_named(one.text) != 0 || one.text == "per" || one.text == "of" || modifies_unit(one.text))
    return true;
  const bool lower = std::ranges::all_of(one.text, [](char c) { return c >= 'a' && c <= 'z'; });
  return lower && has_vowel(one.text) &&
         (one.text.size() > 3 || (one.text.size() == 3 && one.spaced));
}

math_node math_grammar::factor() {
  const level deeper(*this);
  if (const int sign = take_term_sign()) {  // 2 * -3
    if (sign == 2 || sign == -2) return fail();
    node made = factor();
    return sign < 0 ? negated(std::move(made)) : made;
  }
  return postfixed(primary());
}

math_node math_grammar::postfixed(node made) {
  while (!failed_) {
    if (at().is_sign('!') && !(at(1).is_sign('=') && !at(1).spaced)) {
      skip();
      const bool twice = at().is_sign('!') && !at().spaced && take_sign('!');
      if (twice && at().is_sign('!')) return fail();
      made = factorial(std::move(made), twice ? 2 : 1);
    } else if (at().is_sign('%')) {
      skip();
      made = node_of(node_kind::percent, std::move(made));
    } else if (take_degree()) {
      made = node_of(node_kind::degree, std::move(made));
    } else if (at().is_sign('^') || (at().is_sign('*') && at(1).is_sign('*') && !at(1).spaced)) {
      skip(at().is_sign('^') ? 1 : 2);
      made = power_of(std::move(made), exponent());
    } else {
      break;
    }
  }
  return made;
}

// ^\circ, ^{\circ}, \degree
bool math_grammar::take_degree() {
  if (take_command({"degree", "circ", "textdegree"})) return true;
  if (!at().is_sign('^')) return false;
  const bool braced = at(1).is_sign('{');
  const math_token& one = at(braced ? 2 : 1);
  if (!one.is_command("circ") && !one.is_command("degree")) return false;
  if (braced && !at(3).is_sign('}')) return false;
  skip(braced ? 4 : 2);
  return true;
}

math_node math_grammar::exponent() {
  const level deeper(*this);
  const int sign = take_term_sign();
  if (sign == 2 || sign == -2) return fail();
  node made = primary();
  if (at().is_sign('^')) {
    skip();
    made = power_of(std::move(made), exponent());
  }
  return sign < 0 ? negated(std::move(made)) : made;
}

math_node math_grammar::primary() {
  const level deeper(*this);
  const math_token& one = at();
  switch (one.what) {
    case kind::number: return number();
    case kind::word: return word();
    case kind::command: return command();
    case kind::text: {
      const std::string name = folded_words(one.text);
      skip();
      if (name.empty()) return fail();
      return subscripted(name);
    }
    case kind::sign: return bracketed(one.text[0]);
    default: return fail();
  }
}

math_node math_grammar::number() {
  const math_token& one = at();
  node made = number_node(one.value);
  made.places = one.places;
  const bool whole = is_literal(one);
  const std::string_view digits = one.text;
  skip();
  if (at().is_sign('_')) {  // 204_5
    skip();
    const node base = argument();
    if (!is_integer(base) || base.value < 2 || base.value > 36) return fail();
    return named_node(node_kind::based, std::string(digits) + "_" + base.value.str());
  }
  return whole ? mixed(std::move(made)) : made;
}

// 4 4/9, 4\frac{4}{9}; of a part that is no proper fraction nobody knows what it says.
math_node math_grammar::mixed(node whole) {
  node part;
  if (is_fraction(at())) {
    const bool digits = at(1).what == kind::number ||
                        (at(1).is_sign('{') && is_literal(at(2)) && at(3).is_sign('}'));
    if (!digits) return whole;
    skip();
    part = fraction();
    if (!is_number(part)) {
      return product_with(std::move(whole), std::move(part));
    }
  } else if (is_literal(at()) && at().spaced && at(1).is_sign('/') && is_literal(at(2))) {
    if (at(2).value == 0) return fail();
    part = number_node(at().value / at(2).value);
    skip(3);
  } else {
    return whole;
  }
  if (part.value < 0 || part.value >= 1) return fail();
  return number_node(whole.value + part.value);
}

const math_token& math_grammar::before() const {
  static const math_token none;
  return next_ == 0 || next_ > tokens_.size() ? none : tokens_[next_ - 1];
}

// Off the front of the word here, the rest of which is read next.
void math_grammar::take_letters(std::size_t bytes) {
  math_token& word = tokens_[next_];
  word.text.remove_prefix(bytes);
  word.spaced = false;
  split_ = next_;
}

math_node math_grammar::word() {
  const std::string_view text = at().text;
  const bool known = is_math_function(text);
  const auto name = known ? text : function_before(text);
  if (!name.empty()) {
    if (name.size() == text.size())
      skip();
    else
      take_letters(name.size());
    if (name == "sqrt") return root();
    return function(function_named(name));
  }
  if (text == "pi" || text == "Pi") return skip(), named_node(node_kind::constant, "pi");
  if (is_same_word(text, "infinity") || text == "inf" || text == "infty" || text == "oo")
    return skip(), named_node(node_kind::constant, "inf");
  if (is_greek(text)) return skip(), subscripted(std::string(text));
  const bool lower = std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
  if (text.size() > 3 && lower) return skip(), subscripted(folded_words(text));
  const std::size_t size = size_of_letter(text);
  if (size == text.size())
    skip();
  else
    take_letters(size);
  return letter(text.substr(0, size));
}

math_node math_grammar::letter(std::string_view name) {
  if (!at().is_sign('_')) {
    if (name == "e") return named_node(node_kind::constant, "e");
    if (name == "i") return named_node(node_kind::constant, "i");
  }
  std::string full(name);
  while (take_sign('\'')) full += '\'';
  if (at().is_sign('^') && at(1).is_command("prime")) skip(2), full += '\'';
  const bool calls =
      name.size() == 1 && std::string_view("fghFGH").find(name) != std::string_view::npos;
  if (calls && at().is_sign('(') && !at().spaced) {
    skip();
    return between(full, ')');
  }
  // x2, as x_2 is written without TeX
  if (is_literal(at()) && !at().spaced && at().text.size() == 1 && is_letter(name[0])) {
    full += "_" + std::string(at().text);
    skip();
  }
  return subscripted(full);
}

// x_1 is a name; what has variables in it, as a_{n+1}, a function of them.
math_node math_grammar::subscripted(const std::string& name) {
  if (!take_sign('_')) return named_node(node_kind::symbol, name);
  node index = argument();
  if (is_number(index)) return named_node(node_kind::symbol, name + "_" + index.value.str());
  if (index.what == node_kind::symbol && index.name.size() > 1)
    return named_node(node_kind::symbol, name + "_" + index.name);
  return call_of("_" + name, std::move(index));
}

math_node math_grammar::command() {
  const std::string_view name = at().text;
  skip();
  if (name == "pi") return named_node(node_kind::constant, "pi");
  if (name == "infty") return named_node(node_kind::constant, "inf");
  if (name == "frac" || name == "dfrac" || name == "tfrac" || name == "cfrac") return fraction();
  if (name == "sqrt" || name == "surd") return root();
  if (name == "binom" || name == "dbinom" || name == "tbinom") return binomial();
  if (name == "sum" || name == "prod") return series(name);
  if (name == "emptyset" || name == "varnothing") return named_node(node_kind::set, "");
  if (name == "lfloor") return between("floor", "rfloor");
  if (name == "lceil") return between("ceil", "rceil");
  if (name == "lvert" || name == "vert") return between("abs", name == "vert" ? "vert" : "rvert");
  if (name == "langle") {
    node made = between("<>", "rangle");
    made.what = node_kind::tuple;
    return made;
  }
  if (name == "mathbb") {
    const node of = argument();
    if (of.what == node_kind::symbol && of.name == "R") return named_node(node_kind::reals, "");
    return named_node(node_kind::symbol, "\\mathbb " + of.name);
  }
  if (name == "begin") return matrix();
  if (name == "euro" || name == "pounds") return --next_, money();
  if (is_greek(name)) return subscripted(std::string(function_named(name)));
  if (is_math_function(name)) return function(function_named(name));
  if (is_decoration(name)) return argument();
  if (is_mark(name)) return call_of(name == "bar" ? "overline" : name, argument());
  return unknown_command(name);
}

// A name that nobody here knows is one; those that stand for much more are not.
math_node math_grammar::unknown_command(std::string_view name) {
  static constexpr std::string_view never[] = {
      "int",  "lim",   "end",   "rfloor",  "rceil", "rvert",  "rangle", "cup",    "cap",
      "iint", "oint",  "to",    "over",    "atop",  "not",    "forall", "exists", "ldots",
      "dots", "cdots", "vdots", "partial", "nabla", "liminf", "limsup", "sup",    "inf"};
  if (std::ranges::find(never, name) != std::end(never)) return fail();
  return named_node(node_kind::symbol, "\\" + std::string(name));
}

// The digits of \frac13, \frac1{23}.
math_node math_grammar::fraction_of_digits(std::string_view digits) {
  skip();
  node above = number_node(digits[0] - '0');
  if (digits.size() == 2) return quotient_of(std::move(above), number_node(digits[1] - '0'));
  return quotient_of(std::move(above), argument());
}

math_node math_grammar::fraction() {
  const math_token& one = at();
  if (is_literal(one) && (one.text.size() == 1 || one.text.size() == 2) &&
      is_digit(one.text.back()))
    return fraction_of_digits(one.text);
  node above = argument();
  node below = argument();
  return quotient_of(std::move(above), std::move(below));
}

math_node math_grammar::root() {
  node degree = number_node(2);
  if (take_sign('[')) {
    degree = sum();
    if (!take_sign(']')) return fail();
  }
  return root_of(argument(), std::move(degree));
}

// One token or a group.
math_node math_grammar::argument() {
  const level deeper(*this);
  if (at().what == kind::end) return fail();
  if (at().is_sign('-')) {
    skip();
    return negated(argument());
  }
  return primary();
}

// \sin^2 x, \log_2 8, \ln(x)
math_node math_grammar::function(std::string_view name) {
  const level deeper(*this);
  node base, raised;
  bool has_base = false, has_power = false;
  for (int i = 0; i < 2; ++i) {
    if (!has_base && take_sign('_')) base = argument(), has_base = true;
    if (!has_power && at().is_sign('^')) skip(), raised = exponent(), has_power = true;
  }
  node argument = argument_of_function(name);
  const bool inverse = has_power && is_number(raised) && raised.value == -1;
  if (inverse && (name == "sin" || name == "cos" || name == "tan"))
    return call(std::string("arc") + std::string(name), {}, std::move(argument));
  node made = call(name, has_base ? std::move(base) : node{}, std::move(argument));
  if (has_base && name != "log") return fail();
  return has_power ? power_of(std::move(made), std::move(raised)) : made;
}

math_node math_grammar::call(std::string_view name, node base, node argument) {
  if (failed_) return {};
  if (name == "exp") return power_of(named_node(node_kind::constant, "e"), std::move(argument));
  if (name == "cbrt") return root_of(std::move(argument), number_node(3));
  if (name == "lg") base = number_node(10);
  const bool based = (name == "log" && !(is_number(base) && base.value == 0)) || name == "lg";
  if (based) {
    return quotient_of(call_of("ln", std::move(argument)), call_of("ln", std::move(base)));
  }
  if (argument.what == node_kind::tuple || argument.what == node_kind::list) {
    argument.what = node_kind::call;
    argument.name = name;
    return argument;
  }
  return call_of(name, std::move(argument));
}

math_node math_grammar::argument_of_function(std::string_view) {
  if (at().is_sign('(') || at().is_sign('{') || at().is_sign('[')) return primary();
  node made = factor();
  while (!failed_ && starts_factor() && !at().is_sign('(')) {
    const math_token& one = at();
    if (one.what == kind::command && is_math_function(one.text)) break;
    if (one.what == kind::word &&
        (is_math_function(one.text) || !function_before(one.text).empty()))
      break;
    made = product_with(std::move(made), factor());
  }
  return made;
}

math_node math_grammar::binomial() {
  node above = argument();
  node below = argument();
  return choose(std::move(above), std::move(below));
}

// \sum_{k=1}^{n} k^2: first, last, body; the index has a name that no formula can have.
math_node math_grammar::series(std::string_view name) {
  const level deeper(*this);
  node lower, upper;
  bool has_lower = false, has_upper = false;
  for (int i = 0; i < 2; ++i) {
    if (take_sign('_')) lower = argument(), has_lower = true;
    if (take_sign('^')) upper = argument(), has_upper = true;
  }
  const bool indexed = has_lower && has_upper && lower.what == node_kind::relation &&
                       lower.name == "=" && lower.parts[0].what == node_kind::symbol;
  if (failed_ || !indexed) return fail();
  const std::string index = lower.parts[0].name, own = "#" + std::to_string(depth_);
  node body = with_symbol_replaced(term(), index, own);
  std::vector<node> parts;
  parts.push_back(std::move(lower.parts[1]));
  parts.push_back(std::move(upper));
  parts.push_back(std::move(body));
  parts.push_back(named_node(node_kind::symbol, own));
  return node_of(node_kind::call, name, std::move(parts));
}

// n!, or n!! by steps of 2.
math_node math_grammar::factorial(node of, int step) {
  const bool exact = is_integer(of) && of.value >= 0 && of.value <= most_factorial;
  if (!exact) return call_of(step == 1 ? "factorial" : "double factorial", std::move(of));
  cpp_int made = 1;
  for (int i = static_cast<int>(numerator(of.value)); i > 1; i -= step) made *= i;
  return number_node(cpp_rational(made));
}

math_node math_grammar::bracketed(char open) {
  switch (open) {
    case '(':
    case '[': return group();
    case '{': return set();
    case math_sign::open_set: return set();
    case '|':
    case math_sign::norm: {
      skip();
      ++bars_;
      node made = between(open == '|' ? "abs" : "norm", open);
      --bars_;
      return made;
    }
    case '$': return money();
    default: return fail();
  }
}

// A list up to the sign; several parts are the arguments of one call.
math_node math_grammar::between(std::string_view name, char close) {
  const int sets = std::exchange(set_depth_, 0);
  node inside = list();
  set_depth_ = sets;
  if (failed_ || !take_sign(close)) return fail();
  if (inside.what != node_kind::list) return call_of(name, std::move(inside));
  inside.what = node_kind::call;
  inside.name = name;
  return inside;
}

math_node math_grammar::between(std::string_view name, std::string_view close) {
  const int bars = std::exchange(bars_, 0);
  node inside = list();
  bars_ = bars;
  if (failed_ || !take_command(close)) return fail();
  if (inside.what != node_kind::list) return call_of(name, std::move(inside));
  inside.what = node_kind::call;
  inside.name = name;
  return inside;
}

math_node math_grammar::group() {
  const char open = at().text[0];
  skip();
  const int bars = std::exchange(bars_, 0), sets = std::exchange(set_depth_, 0);
  node inside = list();
  bars_ = bars, set_depth_ = sets;
  if (failed_ || (!at().is_sign(')') && !at().is_sign(']'))) return fail();
  const char close = at().text[0];
  skip();
  if (inside.what == node_kind::list && inside.name != "{}") {
    if (inside.name == "or" || inside.name == ";") return fail();
    inside.what = node_kind::tuple;
    inside.name = std::string{open, close};
    return inside;
  }
  return (open == '(') == (close == ')') ? inside : fail();
}

// {x | x > 3} is what it says of x; bare braces are a group.
math_node math_grammar::set() {
  const bool bare = at().is_sign('{');
  const char close = bare ? '}' : math_sign::close_set;
  skip();
  if (take_sign(close)) return bare ? fail() : named_node(node_kind::set, "");
  const int bars = std::exchange(bars_, 0);
  set_depth_ += !bare;
  node inside = list();
  if (!bare && (at().is_sign('|') || at().is_sign(':') || at().is_command("mid"))) {
    skip();
    inside = list();
    if (inside.what != node_kind::relation) inside = fail();
    set_depth_ -= 1;
    bars_ = bars;
    return take_sign(close) ? inside : fail();
  }
  set_depth_ -= !bare;
  bars_ = bars;
  if (failed_ || !take_sign(close)) return fail();
  if (bare) {
    if (inside.what == node_kind::list) inside.name = "{}";
    return inside;
  }
  if (inside.what == node_kind::list) {
    inside.what = node_kind::set;
    inside.name.clear();
    return inside;
  }
  return node_of(node_kind::set, std::move(inside));
}

// \begin{pmatrix} a & b \\ c & d \end{pmatrix}
math_node math_grammar::matrix() {
  const level deeper(*this);
  if (!take_sign('{')) return fail();
  std::string name;
  while (at().what == kind::word) name += at().text, skip();
  if (!take_sign('}') || (name.find("matrix") == std::string::npos && name != "array"))
    return fail();
  if (name == "array") {
    if (!take_sign('{')) return fail();
    while (at().what == kind::word || at().is_sign('|')) skip();
    if (!take_sign('}')) return fail();
  }
  std::vector<node> cells;
  std::size_t columns = 0, in_row = 0;
  while (!failed_) {
    cells.push_back(relation());
    ++in_row;
    if (take_sign('&')) continue;
    if (columns == 0) columns = in_row;
    if (in_row != columns) return fail();
    in_row = 0;
    const bool more = at().what == kind::row;
    if (more) skip();
    if (take_command("end")) break;
    if (!more) return fail();
  }
  if (!take_sign('{') || at().what != kind::word) return fail();
  skip();
  if (!take_sign('}')) return fail();
  node made = node_of(node_kind::matrix, std::to_string(columns), std::move(cells));
  return name == "vmatrix" ? call_of("det", std::move(made)) : made;
}

// $5
math_node math_grammar::money() {
  const bool dollar = at().is_sign('$'), euro = at().is_command("euro");
  skip();
  node made = node_of(node_kind::quantity, term());
  made.name = dollar ? "$dollars^1 " : euro ? "$euros^1 " : "$pounds^1 ";
  return made;
}

}  // namespace retort::engine
