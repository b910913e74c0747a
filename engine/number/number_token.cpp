#include "engine/number/number_token.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/predicate.hpp>

#include "engine/number/number_markup.hpp"
#include "engine/number/number_reading.hpp"
#include "engine/number/number_spelling.hpp"
#include "engine/number/number_text.hpp"

namespace retort::engine {
namespace {

using kind = number_token::kind;

constexpr std::size_t longest_foreign = 16;  // word of ASCII that has an English one

constexpr auto is_foreign = [](char c) { return c == sign::foreign; };

bool starts_operand(std::string_view in) {
  const char c = peek(in);
  return is_alphanumeric(c) || starts_decimal(in) || (c > 0 && c < ' ' && c != sign::foreign) ||
         (c != 0 && std::string_view("({[-$").find(c) != std::string_view::npos);
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
      if (is_space(c) || c == '~') {
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
    if (starts_chain(rest_) && !(is_grouped_by_points(rest_) && style_ == decimal_sign::comma)) {
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
    value.power = read_integer(raised);
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
      out_.back().is_power = true, out_.back().value.power = read_integer(raised);
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

  static std::string_view in_english(std::string_view letters) {
    char small[longest_foreign];
    if (letters.size() > longest_foreign) return letters;
    std::ranges::transform(letters, small, [](char c) { return static_cast<char>(c | 0x20); });
    return plain_word({small, letters.size()}).value_or(letters);
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
    auto& one = push(kind::word);
    one.text = in_english(letters);
    one.is_translated = one.text.data() != letters.data();
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
    take_while(look, is_space);
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

  bool take_pair(char first) {
    const char second = peek(rest_, 1);
    for (const auto& [text, what] : pairs) {
      if (text[0] != first || text[1] != second) continue;
      rest_.remove_prefix(2);
      add(what);
      return true;
    }
    return false;
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
    if (take_pair(c)) return;
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
