#include "providers/failure/duration.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace retort::providers {
namespace {

using std::chrono::milliseconds;

struct unit {
  std::string_view name;
  double ms;
};

// The longest first, which is also the order in which a duration may use them.
constexpr unit units[] = {
    {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// Takes the number at the beginning of `text` away from it.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (problem != std::errc() || !(number >= 0)) return std::nullopt;  // nor NaN
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return number;
}

std::string_view take_letters(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_letter(text[size])) ++size;
  const std::string_view letters = text.substr(0, size);
  text.remove_prefix(size);
  return letters;
}

// The unit of that name that is shorter than `longer`; null when there is none.
const unit* find_unit(std::string_view name, const unit* longer) {
  const unit* const first = longer == nullptr ? std::begin(units) : longer + 1;
  for (const unit* each = first; each != std::end(units); ++each) {
    if (each->name == name) return each;
  }
  return nullptr;
}

}  // namespace

// 46.07 * 1000 may be a hair more than 46070: that hair is no millisecond.
std::optional<milliseconds> believable_wait(double ms) {
  const double whole = std::ceil(ms - 1e-6);
  const bool sane = whole > 0 && ms <= static_cast<double>(longest_believable.count());
  return sane ? std::optional(milliseconds(std::llround(whole))) : std::nullopt;
}

std::optional<double> parse_decimal(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  double ms = 0;
  const unit* last = nullptr;
  do {
    const std::optional<double> number = take_number(text);
    last = number ? find_unit(take_letters(text), last) : nullptr;
    if (last == nullptr) return std::nullopt;
    ms += *number * last->ms;
  } while (!text.empty());
  return believable_wait(ms);
}

std::optional<milliseconds> parse_spelt_duration(std::string_view text) {
  static constexpr unit spelt[] = {
      {"hour", 3'600'000}, {"minute", 60'000}, {"min", 60'000}, {"second", 1'000}, {"sec", 1'000}};
  const std::optional<double> number = take_number(text);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::string_view name = take_letters(text);
  if (!number || !text.empty()) return std::nullopt;
  if (name.ends_with('s')) name.remove_suffix(1);
  for (const unit& each : spelt) {
    if (each.name == name) return believable_wait(*number * each.ms);
  }
  return std::nullopt;
}

}  // namespace retort::providers
