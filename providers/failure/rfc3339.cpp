#include "providers/failure/rfc3339.hpp"

namespace retort::providers {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr std::size_t shortest = std::string_view("2026-01-02T03:04:05Z").size();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes what a time stamp is made of from the beginning of a text, and remembers a failure.
class taker {
 public:
  explicit taker(std::string_view text) : rest_(text) {}

  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }
  bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }

  // Exactly so many digits, at most `most`.
  int number(std::size_t digits, int most) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + digit();
    good_ = good_ && value <= most;
    return value;
  }
  // One of these characters.
  char one_of(std::string_view allowed) {
    good_ = good_ && !rest_.empty() && allowed.find(rest_.front()) != std::string_view::npos;
    return take();
  }
  microseconds fraction() {
    microseconds sum{0};
    for (int place = 100'000; !rest_.empty() && is_digit(rest_.front()); place /= 10) {
      sum += microseconds(digit() * place);
    }
    return sum;
  }

 private:
  char take() {
    if (rest_.empty()) return '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  int digit() { return one_of("0123456789") - '0'; }

  std::string_view rest_;
  bool good_ = true;
};

// A clock that counts nanoseconds in 64 bits ends in 2262.
sys_days take_date(taker& text, bool& valid) {
  const std::chrono::year year(text.number(4, 2261));
  text.one_of("-");
  const std::chrono::month month(static_cast<unsigned>(text.number(2, 12)));
  text.one_of("-");
  const std::chrono::day day(static_cast<unsigned>(text.number(2, 31)));
  valid = text.good() && year >= std::chrono::year(1970) && (year / month / day).ok();
  return valid ? sys_days(year / month / day) : sys_days();
}

microseconds take_time(taker& text) {
  microseconds time = std::chrono::hours(text.number(2, 23));
  text.one_of(":");
  time += minutes(text.number(2, 59));
  text.one_of(":");
  time += seconds(text.number(2, 60));
  if (!text.next_is('.')) return time;
  text.one_of(".");
  return time + text.fraction();
}

minutes take_offset(taker& text) {
  const char sign = text.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z') return {};
  minutes offset(60 * text.number(2, 23));
  text.one_of(":");
  offset += minutes(text.number(2, 59));
  return sign == '-' ? -offset : offset;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text) {
  if (text.size() < shortest) return std::nullopt;
  taker from(text);
  bool valid = false;
  const sys_days date = take_date(from, valid);
  from.one_of("Tt ");
  const microseconds time = take_time(from);
  const minutes offset = take_offset(from);
  if (!valid || !from.good() || !from.at_end()) return std::nullopt;
  return date + time - offset;
}

}  // namespace retort::providers
