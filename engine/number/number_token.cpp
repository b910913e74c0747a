#include "engine/number/number_token.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/predicate.hpp>

#include "engine/number/number_text.hpp"

namespace retort::engine {
namespace {

using kind = number_token::kind;

// Function objects, so that the loops over them are inlined.
constexpr auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
constexpr auto is_letter = [](char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; };
constexpr auto is_foreign = [](char c) { return c == sign::foreign; };
constexpr auto is_blank = [](char c) { return c == ' '; };

bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }

// The take_... functions move past what they recognise at the start of `in`.

char peek(std::string_view in, std::size_t ahead = 0) { return ahead < in.size() ? in[ahead] : 0; }

template <class Predicate>
std::string_view take_while(std::string_view& in, Predicate accepts) {
  const auto stop = std::find_if_not(in.begin(), in.end(), accepts);
  const auto taken = in.substr(0, static_cast<std::size_t>(stop - in.begin()));
  in.remove_prefix(taken.size());
  return taken;
}

std::string_view take_digits(std::string_view& in) { return take_while(in, is_digit); }

// Letters and digits, and joiners that a digit follows: the rest of "4.5-turbo2" after "GPT-".
void take_name(std::string_view& in, std::string_view joiners) {
  while (is_alphanumeric(peek(in)) ||
         (joiners.find(peek(in)) != std::string_view::npos && is_digit(peek(in, 1))))
    in.remove_prefix(1);
}

// "{...}" without its braces. A group that is never closed is a text cut short: it takes all.
std::string_view take_group(std::string_view& in) {
  std::size_t depth = 0;
  for (std::size_t at = 0; at < in.size(); ++at) {
    if (in[at] == '{') ++depth;
    if (in[at] != '}' || --depth != 0) continue;
    const auto inside = in.substr(1, at - 1);
    in.remove_prefix(at + 1);
    return inside;
  }
  in = {};
  return {};
}

// x_{12}, \log_2
void take_subscript(std::string_view& in) {
  if (peek(in) != '_') return;
  if (peek(in, 1) == '{') {
    in.remove_prefix(1);
    take_group(in);
  } else if (is_alphanumeric(peek(in, 1))) {
    in.remove_prefix(1);
    take_while(in, is_alphanumeric);
  }
}

std::string_view trimmed(std::string_view text) {
  take_while(text, is_blank);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool starts_power(std::string_view in) {
  if (in.starts_with("**")) {
    const char next = peek(in, 2);
    return is_alphanumeric(next) || next == '-' || next == '(' || next == '{';
  }
  return peek(in) == '^';
}

// What is in "(...)"; the bracket alone where it is not closed soon.
std::string_view take_bracketed(std::string_view& in) {
  constexpr std::size_t far_enough = 64;
  const auto end = in.substr(0, far_enough).find(')');
  const bool is_closed = end != std::string_view::npos;
  const auto inside = is_closed ? trimmed(in.substr(1, end - 1)) : in.substr(0, 1);
  in.remove_prefix(is_closed ? end + 1 : 1);
  return inside;
}

// What stands behind ^ or **: the text of it.
std::string_view take_power(std::string_view& in) {
  in.remove_prefix(in.starts_with("**") ? 2 : 1);
  take_while(in, is_blank);
  if (in.starts_with('{')) {
    auto inside = trimmed(take_group(in));
    while (inside.starts_with('{') && inside.ends_with('}'))  // \text{th}
      inside = trimmed(inside.substr(1, inside.size() - 2));
    return inside;
  }
  if (in.starts_with('(')) return take_bracketed(in);
  const std::string_view all = in;
  if (peek(in) == '-' || peek(in) == '+') in.remove_prefix(1);
  if (peek(in) == sign::degree || peek(in) == sign::symbol)
    in.remove_prefix(1);
  else
    take_name(in, ".");
  return all.substr(0, all.size() - in.size());
}

int bounded(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = std::min(value * 10 + (digit - '0'), max_exponent + 1);
  return value;
}

std::optional<int> whole_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto digits = take_digits(text);
  if (digits.empty() || !text.empty()) return std::nullopt;
  return negative ? -bounded(digits) : bounded(digits);
}

bool take_group_of(std::size_t size, std::string_view& in, std::string_view separator) {
  if (!in.starts_with(separator)) return false;
  std::string_view look = in.substr(separator.size());
  if (take_digits(look).size() != size) return false;
  in = look;
  return true;
}

// 1,00,000: groups of two, and three digits at the end.
bool take_lakhs(std::string_view& in, std::size_t lead) {
  std::string_view look = in;
  if (lead > 2 || !take_group_of(2, look, ",")) return false;
  while (take_group_of(2, look, ",")) {
  }
  if (!take_group_of(3, look, ",")) return false;
  in = look;
  return true;
}

std::string_view take_whole(std::string_view& in, decimal_sign style) {
  static constexpr std::array<std::string_view, 6> by_point{",", "{,}", " ", "~", "'", "_"};
  static constexpr std::array<std::string_view, 6> by_comma{".", "{.}", " ", "~", "'", "_"};
  const std::string_view all = in;
  const std::string_view lead = take_digits(in);
  if (lead.empty() || lead.size() > 3 || lead.front() == '0') return lead;
  const bool point = style == decimal_sign::point;
  for (const auto separator : point ? by_point : by_comma) {
    if (!take_group_of(3, in, separator)) continue;
    while (take_group_of(3, in, separator)) {
    }
    return all.substr(0, all.size() - in.size());
  }
  if (point) take_lakhs(in, lead.size());
  return all.substr(0, all.size() - in.size());
}

std::string_view take_fraction(std::string_view& in, decimal_sign style) {
  const bool comma = style == decimal_sign::comma;
  const bool braced = comma && in.starts_with("{,}");
  if (!braced && peek(in) != '.' && !(comma && peek(in) == ',')) return {};
  const std::size_t width = braced ? 3 : 1;
  if (!is_digit(peek(in, width))) return {};
  in.remove_prefix(width);
  return take_digits(in);
}

int take_exponent(std::string_view& in) {
  if (peek(in) != 'e' && peek(in) != 'E') return 0;
  std::string_view look = in.substr(1);
  const bool negative = peek(look) == '-';
  if (negative || peek(look) == '+') look.remove_prefix(1);
  const auto digits = take_digits(look);
  if (digits.empty() || is_letter(peek(look))) return 0;
  in = look;
  return negative ? -bounded(digits) : bounded(digits);
}

// Three groups of digits or more with the same sign between them.
bool is_chain(std::string_view in) {
  if (take_digits(in).empty()) return false;
  const char joiner = peek(in);
  for (int more = 0; more < 2; ++more) {
    if (std::string_view("./-:").find(joiner) == std::string_view::npos || peek(in) != joiner)
      return false;
    in.remove_prefix(1);
    if (take_digits(in).empty()) return false;
  }
  return true;
}

// 1.234.567, where points group.
bool is_grouped_by_points(std::string_view in) {
  const auto whole = take_whole(in, decimal_sign::comma);
  const bool has_groups = whole.find('.') != std::string_view::npos;
  return has_groups && !(peek(in) == '.' && is_digit(peek(in, 1)));
}

decimal take_decimal(std::string_view& in, decimal_sign style) {
  decimal taken;
  taken.whole = take_whole(in, style);
  taken.fraction = take_fraction(in, style);
  taken.exponent = take_exponent(in);
  return taken;
}

bool starts_decimal(std::string_view in) {
  return is_digit(peek(in)) || (peek(in) == '.' && is_digit(peek(in, 1)));
}

bool starts_operand(std::string_view in) {
  const char c = peek(in);
  return is_alphanumeric(c) || starts_decimal(in) || (c > 0 && c < ' ' && c != sign::foreign) ||
         (c != 0 && std::string_view("({[-$").find(c) != std::string_view::npos);
}

// An argument of \frac: one digit, or a decimal in braces.
std::optional<decimal> take_argument(std::string_view& in, decimal_sign style) {
  take_while(in, is_blank);
  if (is_digit(peek(in))) {
    const decimal taken{.whole = in.substr(0, 1)};
    in.remove_prefix(1);
    return taken;
  }
  if (!in.starts_with('{')) {
    if (!in.empty()) in.remove_prefix(1);
    return std::nullopt;
  }
  std::string_view inside = trimmed(take_group(in));
  const bool negative = inside.starts_with('-');
  if (negative) inside.remove_prefix(1);
  if (!starts_decimal(inside)) return std::nullopt;
  decimal taken = take_decimal(inside, style);
  taken.negative = negative;
  if (!inside.empty()) return std::nullopt;
  return taken;
}

// ">>" and "<<" are brackets of their own, "->" and "=>" point.
struct punctuation {
  std::string_view text;
  kind what;
};
constexpr punctuation pairs[] = {
    {"->", kind::equals},   {"=>", kind::equals},   {"==", kind::equals},   {":=", kind::equals},
    {"<=", kind::relation}, {">=", kind::relation}, {"!=", kind::relation}, {"<>", kind::relation},
    {"<<", kind::other},    {">>", kind::other},    {"//", kind::other},    {"||", kind::other},
};

kind kind_of(char c) {
  switch (c) {
    case '-': return kind::minus;
    case '+': return kind::plus;
    case '/': return kind::slash;
    case '=': return kind::equals;
    case '<':
    case '>':
    case sign::relation: return kind::relation;
    case '(':
    case '[': return kind::open;
    case ')':
    case ']': return kind::close;
    case '|': return kind::bar;
    case ',': return kind::comma;
    case ':': return kind::colon;
    case '!': return kind::bang;
    case '%': return kind::percent;
    case '$': return kind::money;
    case sign::times: return kind::times;
    case sign::divide: return kind::divide;
    case sign::plus_minus: return kind::plus_minus;
    case sign::root: return kind::root;
    case sign::degree: return kind::degree;
    case sign::dash: return kind::dash;
    case sign::symbol: return kind::symbol;
    default: return kind::other;
  }
}

class splitter {
 public:
  splitter(std::string_view text, decimal_sign style, std::vector<number_token>& out)
      : text_(text), rest_(text), style_(style), out_(out) {}

  void run() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (is_blank(c) || c == '~') {
        rest_.remove_prefix(1);
        glued_ = false;
      } else if (c == '{' || c == '}') {
        rest_.remove_prefix(1);
      } else {
        step(c);
      }
    }
  }

 private:
  void step(char c) {
    begin_ = rest_;
    if (is_digit(c) || (c == '.' && starts_decimal(rest_) && !ends_sentence(previous())))
      return number();
    if (is_letter(c)) return word();
    if (is_foreign(c)) {
      take_while(rest_, is_foreign);
      return add(kind::word);
    }
    if (c == '^' || (rest_.starts_with("**") && starts_power(rest_) && ends_operand(previous())))
      return stray_power();
    if (c == sign::fraction) return fraction();
    if (c == '*') return stars();
    if (c == '.') return dots();
    if (c == '_') return underscore();
    if (c == '<' && take_tag()) return add(kind::other);
    punctuate(c);
  }

  number_token& push(kind what) {
    out_.push_back({.what = what, .glued = glued_, .text = taken()});
    glued_ = true;
    return out_.back();
  }
  void add(kind what) { push(what); }

  std::string_view taken() const { return begin_.substr(0, begin_.size() - rest_.size()); }
  char previous() const { return begin_.data() == text_.data() ? '\0' : begin_.data()[-1]; }

  // A point after these is a full stop.
  static bool ends_sentence(char c) {
    return is_alphanumeric(c) || c == ')' || c == ']' || c == '}' || c == '.';
  }
  static bool ends_operand(char c) { return is_alphanumeric(c) || c == ')' || c == '}'; }

  void number() {
    if (is_chain(rest_) && !(is_grouped_by_points(rest_) && style_ == decimal_sign::comma)) {
      if (is_grouped_by_points(rest_)) return odd();
      take_name(rest_, "./-:");
      return add(kind::name);
    }
    decimal value = take_decimal(rest_, style_);
    if (belongs_to_name()) {
      take_name(rest_, "._-");
      take_subscript(rest_);
      return add(kind::name);
    }
    if (goes_on_oddly()) return odd();
    if (starts_power(rest_)) return power(value);
    push(kind::number).value = value;
  }

  // 4a2f, 2x4; but 3x10^8 multiplies.
  bool belongs_to_name() const {
    std::string_view look = rest_;
    const auto letters = take_while(look, is_letter);
    if (letters.empty()) return false;
    if (taken() == "0" && (letters[0] == 'x' || letters[0] == 'X')) return true;  // 0xFF
    if (peek(look) == '_') return is_alphanumeric(peek(look, 1));
    if (!is_digit(peek(look))) return false;
    const bool multiplies = letters == "x" || letters == "X";
    return !(multiplies && look.starts_with("10") && starts_power(look.substr(2)));
  }

  // 3,5 and 1.234,56, 5'10, 101_2
  bool goes_on_oddly() const {
    const char c = peek(rest_);
    if (c == '_') return is_alphanumeric(peek(rest_, 1)) || peek(rest_, 1) == '{';
    if (rest_.starts_with("{,}") || rest_.starts_with("{.}")) return is_digit(peek(rest_, 3));
    return (c == ',' || c == '\'' || c == '.') && is_digit(peek(rest_, 1));
  }
  void odd() {
    take_name(rest_, "_,.'");
    take_subscript(rest_);
    add(kind::odd);
  }

  void power(decimal value) {
    std::string_view look = rest_;
    const auto raised = take_power(look);
    if (raised.size() == 1 && raised[0] == sign::degree) {
      push(kind::number).value = value;
      begin_ = rest_;
      rest_ = look;
      return add(kind::degree);
    }
    const bool is_ordinal = raised == "th" || raised == "st" || raised == "nd" || raised == "rd";
    rest_ = look;
    value.power = whole_number(raised);
    const bool is_number = is_ordinal || (value.power && !starts_power(rest_));
    if (!is_number) return add(kind::odd);
    push(kind::number).value = value;
  }

  // A power of anything but a number: of a word it belongs to it.
  void stray_power() {
    const auto raised = take_power(rest_);
    if (raised.size() == 1 && raised[0] == sign::degree) return add(kind::degree);
    const bool of_word = glued_ && !out_.empty() && out_.back().what == kind::word;
    if (of_word)
      out_.back().is_power = true;
    else
      add(kind::symbol);
  }

  bool is_multiplication() const {
    return glued_ && !out_.empty() && out_.back().what == kind::number &&
           (rest_.starts_with("x10") || rest_.starts_with("X10")) && starts_power(rest_.substr(3));
  }

  // The words that have a sign in them.
  bool take_clock() {
    struct {
      std::string_view written, word;
    } static constexpr words[] = {{"o'clock", "o'clock"}, {"a.m", "am"}, {"p.m", "pm"}};
    for (const auto& [written, word] : words) {
      if (!boost::istarts_with(rest_, written) || is_alphanumeric(peek(rest_, written.size())))
        continue;
      rest_.remove_prefix(written.size());
      push(kind::word).text = word;
      return true;
    }
    return false;
  }

  void word() {
    if (is_multiplication()) {
      rest_.remove_prefix(1);
      return add(kind::times);
    }
    if ((peek(rest_, 1) == '.' || peek(rest_, 1) == '\'') && take_clock()) return;
    const auto letters = take_while(rest_, is_letter);
    const bool hyphened = letters.size() > 1 && peek(rest_) == '-' && is_digit(peek(rest_, 1));
    if (is_digit(peek(rest_)) || hyphened) {
      take_name(rest_, "._-");
      take_subscript(rest_);
      return add(kind::name);
    }
    take_subscript(rest_);
    push(kind::word).text = letters;
  }

  void fraction() {
    rest_.remove_prefix(1);
    std::string_view look = rest_;
    const bool is_run = take_digits(look).size() > 2 && is_digit(peek(rest_));
    const auto numerator = take_argument(rest_, style_);
    const auto denominator = take_argument(rest_, style_);
    if (is_run) take_digits(rest_);
    if (!numerator || !denominator || is_run) return add(kind::odd);
    auto& made = push(kind::fraction);
    made.value = *numerator;
    made.over = *denominator;
  }

  // Between operands, and as far from the one as from the other, a star multiplies.
  void stars() {
    const auto run = take_while(rest_, [](char c) { return c == '*'; });
    const char next = peek(rest_);
    std::string_view look = rest_;
    take_while(look, is_blank);
    const bool between = !out_.empty() && starts_operand(look) && glued_ != (next == ' ');
    add(run.size() == 1 && between ? kind::times : kind::other);
  }

  void dots() {
    const auto run = take_while(rest_, [](char c) { return c == '.'; });
    add(run.size() > 1 ? kind::dots : kind::dot);
  }

  void underscore() {
    const bool below = glued_ && !out_.empty() && out_.back().what == kind::symbol;
    if (below || peek(rest_, 1) == '{') {
      const std::size_t before = rest_.size();
      take_subscript(rest_);
      if (rest_.size() != before) return;
    }
    rest_.remove_prefix(1);
    add(kind::other);
  }

  // <answer>, </b>, <|im_end|>; and <18>.
  bool take_tag() {
    constexpr std::size_t longest = 64;
    const auto end = rest_.substr(0, longest).find('>');
    if (end == std::string_view::npos || end == 1) return false;
    const auto inside = rest_.substr(1, end - 1);
    if (inside.size() > 2 && inside.front() == '|' && inside.back() == '|') {
      rest_.remove_prefix(end + 1);
      return true;
    }
    if (is_digit(inside.front()) && inside.find_first_not_of("0123456789.,") == inside.npos) {
      rest_.remove_prefix(1);
      bracketed_ = end - 1;
      return true;
    }
    if (!is_letter(inside.front()) && inside.front() != '/') return false;
    const bool is_bare = inside.find(' ') == inside.npos;
    const bool has_attribute = inside.find('=') != inside.npos;
    if (is_bare == has_attribute || inside.find('<') != inside.npos) return false;
    rest_.remove_prefix(end + 1);
    return true;
  }

  void punctuate(char c) {
    const auto run = rest_.substr(0, rest_.find_first_not_of('-'));
    if (run.size() > 1 && peek(rest_, run.size()) != '>') {
      rest_.remove_prefix(run.size());
      return add(kind::dash);
    }
    if (run.size() > 1) {
      rest_.remove_prefix(run.size() + 1);
      return add(kind::equals);
    }
    for (const auto& [text, what] : pairs) {
      if (!rest_.starts_with(text)) continue;
      rest_.remove_prefix(text.size());
      return add(what);
    }
    rest_.remove_prefix(1);
    add(bracketed_ && c == '>' ? kind::other : kind_of(c));
    if (c == '>') bracketed_ = 0;
  }

  std::string_view text_;
  std::string_view rest_;
  std::string_view begin_;  // of the token being taken, and all behind it
  decimal_sign style_;
  std::vector<number_token>& out_;
  bool glued_ = false;
  std::size_t bracketed_ = 0;  // a number in < >, so that its end is no relation
};

}  // namespace

void split_number_text(std::string_view line, decimal_sign style, std::vector<number_token>& into) {
  into.clear();
  splitter(line, style, into).run();
}

}  // namespace retort::engine
