#include "engine/math/math_token.hpp"

#include <algorithm>
#include <optional>

#include "engine/math/math_names.hpp"
#include "engine/number/number_reading.hpp"
#include "engine/number/number_units.hpp"

namespace retort::engine {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

constexpr std::size_t most_digits = 1000;
constexpr unsigned printed_digits = 15;  // that a double surely holds

bool is_word_byte(char c) { return is_letter(c) || static_cast<unsigned char>(c) >= 0x80; }

cpp_int integer_of(std::string_view digits) {
  const auto first = digits.find_first_not_of('0');  // a leading zero would say octal
  if (first == std::string_view::npos) return 0;
  return cpp_int(std::string(digits.substr(first)));
}

cpp_int ten_to(std::size_t power) {
  return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(power));
}

class math_lexer {
 public:
  math_lexer(std::string_view in, comma_reading commas) : in_(in), commas_(commas) {}

  std::vector<math_token> run() {
    while (!failed_ && skip_blanks()) {
      step();
      if (out_.size() > most_math_tokens) failed_ = true;
    }
    if (failed_) return {};
    out_.push_back({});
    return std::move(out_);
  }

 private:
  using kind = math_token::kind;

  bool skip_blanks() {
    while (peek(in_) == ' ' || peek(in_) == '~') {
      in_.remove_prefix(1);
      spaced_ = true;
    }
    return !in_.empty();
  }

  void step() {
    const char c = in_.front();
    if (is_digit(c) || (c == '.' && is_digit(peek(in_, 1)))) return number();
    if (is_word_byte(c)) return word();
    if (c == '\\') return command();
    sign(c);
  }

  void add(math_token token) {
    token.spaced = spaced_;
    spaced_ = false;
    out_.push_back(std::move(token));
  }

  void sign(char c) {
    constexpr std::string_view known = "+-*/^_()[]{}|,;:=<>!%&'$.?\"#";
    if (known.find(c) == std::string_view::npos) {
      failed_ = true;
      return;
    }
    if (c == '(' || c == '[') ++depth_;
    if ((c == ')' || c == ']') && depth_ > 0) --depth_;
    add({.what = kind::sign, .text = in_.substr(0, 1)});
    in_.remove_prefix(1);
  }

  // Letters, and the hyphens and apostrophes between them.
  void word() {
    std::size_t size = 0;
    while (size < in_.size() && is_word_byte(in_[size])) ++size;
    size = size_of_or(size);
    add({.what = kind::word, .text = in_.substr(0, size)});
    in_.remove_prefix(size);
  }

  // W(x)=1orW(x)=-1
  std::size_t size_of_or(std::size_t size) const {
    const bool behind =
        !out_.empty() && !spaced_ && (out_.back().what == kind::number || out_.back().is_sign(')'));
    return behind && size > 2 && in_.starts_with("or") && in_[2] < 'a' ? 2 : size;
  }

  void command() {
    in_.remove_prefix(1);
    const auto name = take_while(in_, is_letter);
    if (name.empty()) return escaped();
    if (name.starts_with("quad") && name != "quad" && name != "qquad") {  // \quadx
      spaced_ = true;
      in_ = {name.data() + 4, in_.size() + name.size() - 4};
      return;
    }
    if (is_blank_command(name)) {
      spaced_ = true;
      return;
    }
    if (is_style_command(name)) return;
    if (is_text_command(name)) return text();
    if (name == "hspace" || name == "phantom" || name == "label" || name == "tag") {
      braces();
      return;
    }
    if (name == "lbrace" || name == "rbrace") return set_bracket(name == "lbrace");
    if (name == "lbrack" || name == "rbrack") {
      add({.what = kind::sign, .text = name == "lbrack" ? "[" : "]"});
      return;
    }
    add({.what = kind::command, .text = name});
  }

  void set_bracket(bool opens) {
    depth_ = opens ? depth_ + 1 : std::max(depth_, 1) - 1;
    static constexpr std::string_view brackets = "\x01\x02";
    add({.what = kind::sign, .text = brackets.substr(opens ? 0 : 1, 1)});
  }

  void escaped() {
    const char c = peek(in_);
    if (!in_.empty()) in_.remove_prefix(1);
    switch (c) {
      case ',':
      case ';':
      case ':':
      case ' ':
      case '>': spaced_ = true; return;
      case '!':
      case '/':
      case '(':
      case ')':
      case '[':
      case ']':
      case '-': return;
      case '\0': return;
      case '\\': add({.what = kind::row}); return;
      case '{':
      case '}': set_bracket(c == '{'); return;
      case '|': add({.what = kind::sign, .text = "\x03"}); return;
      case '%':
      case '$':
      case '#':
      case '&':
      case '_': add({.what = kind::sign, .text = std::string_view(in_.data() - 1, 1)}); return;
      default: failed_ = true;
    }
  }

  // The content of the braces here, which hold no others; without them one character.
  std::string_view braces() {
    skip_blanks();
    if (!in_.starts_with('{')) {
      const auto one = in_.substr(0, 1);
      in_.remove_prefix(one.size());
      return one;
    }
    const auto end = in_.find_first_of("{}", 1);
    if (end == std::string_view::npos || in_[end] == '{') {
      failed_ = end == std::string_view::npos;
      return {};
    }
    const auto inside = in_.substr(1, end - 1);
    in_.remove_prefix(end + 1);
    return inside;
  }

  // \mathrm{e} is the letter, \operatorname{lcm} the function; braces that hold more are a group.
  void text() {
    skip_blanks();
    if (in_.starts_with("{") && in_.find_first_of("{}", 1) != std::string_view::npos &&
        in_[in_.find_first_of("{}", 1)] == '{')
      return;
    auto inside = braces();
    while (inside.starts_with(' ')) inside.remove_prefix(1), spaced_ = true;
    bool behind = false;
    while (inside.ends_with(' ')) inside.remove_suffix(1), behind = true;
    if (inside.empty()) {
      spaced_ = true;
      return;
    }
    const bool letters = std::ranges::all_of(inside, is_letter);
    const bool plain = letters && (inside.size() == 1 || is_math_function(inside));
    if ((plain && !is_unit_here(inside)) || holds_no_letter(inside)) {
      // Read on in it: \text{5}, \mathrm{lcm}.
      nested(inside);
    } else {
      add({.what = kind::text, .text = inside});
    }
    spaced_ = behind;
  }

  // The m of 5\text{ m}, not the e of 2\mathrm{e}.
  bool is_unit_here(std::string_view letter) const {
    if (out_.empty() || letter.size() != 1 || letter == "e" || letter == "i") return false;
    const math_token& before = out_.back();
    const bool ends = before.what == kind::number || before.is_sign('}') || before.is_sign(')');
    return ends && unit_named(letter) != 0;
  }

  static bool holds_no_letter(std::string_view text) {
    return std::ranges::none_of(text, is_word_byte);
  }

  void nested(std::string_view inside) {
    const auto rest = in_;
    in_ = inside;
    while (!failed_ && skip_blanks()) step();
    in_ = rest;
  }

  void number() {
    const auto from = in_;
    std::string digits(take_digits(in_));
    while (digits.size() < most_digits && take_group(digits)) {
    }
    const std::size_t whole = digits.size();
    bool has_point = false;
    if (is_point()) {
      in_.remove_prefix(1);
      digits += take_digits(in_);
      has_point = true;
    }
    if (digits.size() > most_digits) {
      failed_ = true;
      return;
    }
    std::size_t places = digits.size() - whole;
    math_token made{.what = kind::number, .has_point = has_point};
    made.value = cpp_rational(integer_of(digits), ten_to(places));
    const auto significant = digits.size() - std::min(digits.find_first_not_of('0'), digits.size());
    if (places > 0 && significant >= printed_digits) made.places = static_cast<unsigned>(places);
    if (places > 0 || has_point) repeat(made, places);
    exponent(made);
    made.text = from.substr(0, from.size() - in_.size());
    add(std::move(made));
  }

  bool is_point() const {
    if (peek(in_) == '.') {
      return is_digit(peek(in_, 1)) || in_.substr(1).starts_with("\\overline");
    }
    if (!commas_.is_decimal || peek(in_) != ',' || !is_digit(peek(in_, 1))) return false;
    const auto rest = in_.substr(1);
    const auto end = rest.find_first_not_of("0123456789");
    return end == std::string_view::npos || rest[end] != ',';
  }

  // ,234 behind one to three digits; {,}234 and \,234 and the like as well.
  bool take_group(std::string& digits) {
    auto rest = in_;
    const bool plain_comma = rest.starts_with(',') && is_digit(peek(rest, 1));
    if (plain_comma && !(depth_ > 0 ? commas_.groups_inside : commas_.groups)) return false;
    for (const std::string_view between :
         {"{,}", ",\\!", "\\,", "\\ ", " {, }", "{,\\!}", "{\\,}", ",", " ", "'", "~", "\\;"}) {
      rest = in_;
      if (!rest.starts_with(between)) continue;
      rest.remove_prefix(between.size());
      while (between == ",\\!" && rest.starts_with(' ')) rest.remove_prefix(1);
      const auto group = take_digits(rest);
      if (group.size() != 3 || digits.empty()) continue;
      if (!grouped_ && digits.size() > 3) return false;
      if (between == " " && (peek(rest) == '/' || digits == "0")) continue;
      digits += group;
      in_ = rest;
      grouped_ = true;
      const bool more = take_group(digits);
      grouped_ = false;
      return more || true;
    }
    return false;
  }

  // 0.1\overline{6}
  void repeat(math_token& made, std::size_t places) {
    constexpr std::string_view over = "\\overline{";
    if (!in_.starts_with(over)) return;
    auto rest = in_.substr(over.size());
    const auto digits = take_digits(rest);
    if (digits.empty() || digits.size() > 50 || !rest.starts_with('}')) return;
    rest.remove_prefix(1);
    in_ = rest;
    made.value +=
        cpp_rational(integer_of(digits), ten_to(places) * cpp_int(ten_to(digits.size()) - 1));
    made.places = 0;
  }

  // 1.5e6, 2E-3
  void exponent(math_token& made) {
    if ((peek(in_) | 0x20) != 'e') return;
    auto rest = in_.substr(1);
    const bool negative = peek(rest) == '-';
    if (negative || peek(rest) == '+') rest.remove_prefix(1);
    const auto digits = take_digits(rest);
    if (digits.empty() || digits.size() > 3 || is_word_byte(peek(rest))) return;
    const auto scale = ten_to(static_cast<std::size_t>(integer_of(digits)));
    made.value = negative ? cpp_rational(made.value / scale) : cpp_rational(made.value * scale);
    made.places = 0;
    in_ = rest;
  }

  std::string_view in_;
  comma_reading commas_;
  std::vector<math_token> out_;
  int depth_ = 0;
  bool grouped_ = false, spaced_ = false, failed_ = false;
};

}  // namespace

std::vector<math_token> split_math_text(std::string_view text, comma_reading commas) {
  return math_lexer(text, commas).run();
}

bool has_doubtful_comma(std::string_view text) {
  for (std::size_t at = 0; (at = text.find(',', at)) != std::string_view::npos; ++at) {
    if (at > 0 && is_digit(text[at - 1]) && is_digit(peek(text, at + 1))) return true;
  }
  return false;
}

}  // namespace retort::engine
