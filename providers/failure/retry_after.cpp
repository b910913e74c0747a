#include "providers/failure/retry_after.hpp"

#include <time.h>

#include <string>

#include "providers/failure/duration.hpp"
#include "providers/failure/moment.hpp"

namespace retort::providers {
namespace {

using std::chrono::milliseconds;

std::optional<double> ms_until(std::string_view date, std::chrono::system_clock::time_point now) {
  const auto then = parse_http_date(date);
  if (!then) return std::nullopt;
  return std::chrono::duration<double, std::milli>(*then - now).count();
}

// A clock that counts nanoseconds in 64 bits ends in 2262.
bool is_year(int since_1900) { return since_1900 >= 70 && since_1900 <= 361; }

}  // namespace

std::optional<milliseconds> retry_after(const io::http_response& response,
                                        std::chrono::system_clock::time_point now) {
  if (const auto ms = parse_decimal(response.header("retry-after-ms"))) {
    if (const auto wait = believable_wait(*ms)) return wait;
  }
  const std::string_view text = response.header("retry-after");
  if (const auto moment = parse_epoch(text)) return believable_wait_until(*moment, now);
  if (const auto seconds = parse_decimal(text)) return believable_wait(*seconds * 1000);
  if (const auto wait = parse_duration(text)) return wait;
  if (const auto wait = parse_spelt_duration(text)) return wait;
  if (const auto ms = ms_until(text, now)) return believable_wait(*ms);
  return std::nullopt;
}

// strptime reads names in the process's locale, which is "C" as nothing here calls setlocale.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text) {
  const std::string date(text);
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    tm parts{};
    const char* const end = strptime(date.c_str(), form, &parts);
    if (end == date.c_str() + date.size() && is_year(parts.tm_year)) {
      return std::chrono::system_clock::from_time_t(timegm(&parts));
    }
  }
  return std::nullopt;
}

}  // namespace retort::providers
