#include "providers/failure/moment.hpp"

#include "providers/failure/duration.hpp"

namespace retort::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr double least_s = 1e9, most_s = 7e9;

bool is_epoch(double seconds) { return seconds >= least_s && seconds < most_s; }

}  // namespace

std::optional<system_clock::time_point> parse_epoch(std::string_view text) {
  const auto number = parse_decimal(text);
  if (!number) return std::nullopt;
  const double seconds = is_epoch(*number) ? *number : *number / 1000;
  if (!is_epoch(seconds)) return std::nullopt;
  return system_clock::time_point(milliseconds(static_cast<std::int64_t>(seconds * 1000)));
}

std::optional<milliseconds> believable_wait_until(system_clock::time_point then,
                                                  system_clock::time_point now) {
  return believable_wait(std::chrono::duration<double, std::milli>(then - now).count());
}

}  // namespace retort::providers
