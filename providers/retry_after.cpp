#include "providers/retry_after.hpp"

#include <time.h>

#include <charconv>
#include <cmath>
#include <string>

namespace retort::providers {
namespace {

using std::chrono::milliseconds;

constexpr double longest_believable_ms = 31.0 * 24 * 3600 * 1000;

std::optional<milliseconds> believable(double ms) {
  const bool sane = ms > 0 && ms <= longest_believable_ms;  // false for NaN
  return sane ? std::optional(milliseconds(std::llround(std::ceil(ms)))) : std::nullopt;
}

// A whole text as a decimal number.
std::optional<double> parse_decimal(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> ms_until(std::string_view date, std::chrono::system_clock::time_point now) {
  const auto then = parse_http_date(date);
  if (!then) return std::nullopt;
  return std::chrono::duration<double, std::milli>(*then - now).count();
}

}  // namespace

std::optional<milliseconds> retry_after(const io::http_response& response,
                                        std::chrono::system_clock::time_point now) {
  if (const auto ms = parse_decimal(response.header("retry-after-ms"))) {
    if (const auto wait = believable(*ms)) return wait;
  }
  const std::string_view text = response.header("retry-after");
  if (const auto seconds = parse_decimal(text)) return believable(*seconds * 1000);
  if (const auto ms = ms_until(text, now)) return believable(*ms);
  return std::nullopt;
}

// strptime reads names in the process's locale, which is "C" as nothing here calls setlocale.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text) {
  const std::string date(text);
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    tm parts{};
    const char* const end = strptime(date.c_str(), form, &parts);
    if (end == date.c_str() + date.size()) {
      return std::chrono::system_clock::from_time_t(timegm(&parts));
    }
  }
  return std::nullopt;
}

}  // namespace retort::providers
