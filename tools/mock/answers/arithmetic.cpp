#include "tools/mock/answers/arithmetic.hpp"

#include <boost/multiprecision/cpp_int.hpp>

namespace retort::mock {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

constexpr int max_depth = 64;  // of parentheses and signs: the parser recurses
constexpr int max_places = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_digit(c) || is_letter(c); }

// Recursive descent over one candidate. What cannot be continued is left unread, so "5 + 3?" ends
// before the question mark and "5 + 3 - or" before the minus.
class parser {
 public:
  parser(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::optional<cpp_rational> sum() {
    return chain([this] { return product(); }, "+", "-");
  }
  std::size_t end() const { return at_; }
  int operators() const { return operators_; }
  bool divided_by_zero() const { return divided_by_zero_; }

 private:
  template <class Operand>
  std::optional<cpp_rational> chain(Operand operand, std::string_view a, std::string_view b) {
    std::optional<cpp_rational> left = operand();
    while (left) {
      const std::size_t before = at_;
      const char sign = take_operator(a, b);
      const std::optional<cpp_rational> right = sign != 0 ? operand() : std::nullopt;
      if (!right) {
        at_ = before;
        break;
      }
      ++operators_;
      apply(*left, sign, *right);
    }
    return left;
  }

  std::optional<cpp_rational> product() {
    return chain([this] { return factor(); }, "*×", "/÷");
  }

  std::optional<cpp_rational> factor() {
    if (depth_ == max_depth) return std::nullopt;
    ++depth_;
    std::optional<cpp_rational> value = nested_or_number();
    --depth_;
    return value;
  }

  std::optional<cpp_rational> nested_or_number() {
    skip_spaces();
    if (take('-')) {
      std::optional<cpp_rational> value = factor();
      if (value) *value = -*value;
      return value;
    }
    if (!take('(')) return number();
    std::optional<cpp_rational> value = sum();
    skip_spaces();
    return take(')') ? value : std::nullopt;
  }

  std::optional<cpp_rational> number() {
    std::string digits = take_digits();
    if (digits.empty()) return std::nullopt;
    while (thousands_follow()) {
      ++at_;
      digits += take_digits();
    }
    const std::string places = fraction_follows() ? (++at_, take_digits()) : "";
    const cpp_int scale = pow(cpp_int(10), static_cast<unsigned>(places.size()));
    return cpp_rational(decimal(digits + places), scale);
  }

  // cpp_int reads a leading zero as octal.
  static cpp_int decimal(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? cpp_int(0)
                                           : cpp_int(std::string(digits.substr(first)));
  }

  void apply(cpp_rational& left, char sign, const cpp_rational& right) {
    if (sign == '+') left += right;
    if (sign == '-') left -= right;
    if (sign == '*') left *= right;
    if (sign != '/') return;
    divided_by_zero_ = divided_by_zero_ || right == 0;
    if (right != 0) left /= right;
  }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view sign) {
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  // Each of `a` and `b` is a sign's ASCII form, and after it the other form it may have.
  char take_operator(std::string_view a, std::string_view b) {
    skip_spaces();
    for (std::string_view forms : {a, b}) {
      if (take(forms[0])) return forms[0];
      if (forms.size() > 1 && take(forms.substr(1))) return forms[0];
    }
    return 0;
  }
  void skip_spaces() {
    while (peek() == ' ') ++at_;
  }
  std::string take_digits() {
    const std::size_t first = at_;
    while (is_digit(peek())) ++at_;
    return std::string(text_.substr(first, at_ - first));
  }
  bool thousands_follow() const {
    return peek() == ',' && is_digit(peek(1)) && is_digit(peek(2)) && is_digit(peek(3)) &&
           !is_digit(peek(4));
  }
  bool fraction_follows() const { return peek() == '.' && is_digit(peek(1)); }

  std::string_view text_;
  std::size_t at_;
  int depth_ = 0;
  int operators_ = 0;
  bool divided_by_zero_ = false;
};

// The value times 10^12, rounded half away from zero.
cpp_int scaled(const cpp_rational& value) {
  const cpp_rational doubled = abs(value) * pow(cpp_int(10), max_places) * 2 + 1;
  return cpp_int(numerator(doubled) / denominator(doubled)) / 2;
}

std::string to_decimal(const cpp_rational& value) {
  std::string digits = scaled(value).str();
  if (digits.size() <= max_places) digits.insert(0, max_places + 1 - digits.size(), '0');
  digits.insert(digits.end() - max_places, '.');
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  if (value < 0 && digits != "0") digits.insert(digits.begin(), '-');
  return digits;
}

bool may_begin(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '-' || c == '(') return true;
  return is_digit(c) && (at == 0 || !is_word(text[at - 1]));
}

}  // namespace

std::optional<solution> solve(std::string_view text, int off_by) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!may_begin(text, at)) continue;
    parser attempt(text, at);
    const std::optional<cpp_rational> value = attempt.sum();
    if (!value || attempt.operators() == 0) continue;
    if (attempt.divided_by_zero()) return std::nullopt;
    return solution{text.substr(at, attempt.end() - at), to_decimal(*value + off_by)};
  }
  return std::nullopt;
}

}  // namespace retort::mock
