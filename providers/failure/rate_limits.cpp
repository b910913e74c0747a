#include "providers/failure/rate_limits.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "providers/failure/duration.hpp"
#include "providers/failure/moment.hpp"
#include "providers/failure/rfc3339.hpp"

namespace retort::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

// In the name of every header of the kind.
constexpr std::string_view hallmark = "limit-";

enum class part { limit, remaining, reset };

struct slot {
  quota which;
  providers::part part;
  bool specific;                                    // names its quota: beats the one that does not
  std::optional<std::chrono::seconds> period = {};  // that it names
};

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<part> take_part(std::string_view& name) {
  if (take_prefix(name, "limit")) return part::limit;
  if (take_prefix(name, "remaining")) return part::remaining;
  if (take_prefix(name, "reset")) return part::reset;
  return std::nullopt;
}

std::optional<quota> take_anthropic_quota(std::string_view& name) {
  if (take_prefix(name, "requests-")) return quota::requests;
  if (take_prefix(name, "tokens-")) return quota::tokens;
  if (take_prefix(name, "input-tokens-")) return quota::input_tokens;
  if (take_prefix(name, "output-tokens-")) return quota::output_tokens;
  return std::nullopt;
}

// "requests-remaining"
std::optional<slot> anthropic_slot(std::string_view name) {
  const std::optional<quota> which = take_anthropic_quota(name);
  const std::optional<part> said = which ? take_part(name) : std::nullopt;
  if (!said || !name.empty()) return std::nullopt;
  return slot{*which, *said, true};
}

std::optional<std::chrono::seconds> take_period(std::string_view& name) {
  if (take_prefix(name, "-second")) return std::chrono::seconds(1);
  if (take_prefix(name, "-minute")) return std::chrono::seconds(60);
  return std::nullopt;
}

// "remaining-requests", "remaining-req-minute", "remaining-second" or "remaining", of which the
// last two mean `otherwise`
std::optional<slot> common_slot(std::string_view name, quota otherwise) {
  const std::optional<part> said = take_part(name);
  if (!said) return std::nullopt;
  slot found{otherwise, *said, true};
  if (take_prefix(name, "-requests") || take_prefix(name, "-req")) {
    found.which = quota::requests;
  } else if (take_prefix(name, "-tokens")) {
    found.which = quota::tokens;
  } else {
    found.specific = false;
  }
  found.period = take_period(name);
  return name.empty() ? std::optional(found) : std::nullopt;
}

std::optional<slot> slot_of(std::string_view name) {
  if (take_prefix(name, "anthropic-ratelimit-")) return anthropic_slot(name);
  if (take_prefix(name, "x-tokenlimit-")) return common_slot(name, quota::tokens);
  take_prefix(name, "x-");
  if (take_prefix(name, "ratelimit-")) return common_slot(name, quota::requests);
  return std::nullopt;
}

// Longer ones are taken for that: what is too long is no minute's.
constexpr double longest_window_s = 366.0 * 86400;

std::string_view limit_in(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_first_of(",; "));
}

std::optional<std::chrono::seconds> window_in(std::string_view policy) {
  const std::size_t at = policy.find(";w=");
  if (at == policy.npos) return std::nullopt;
  const std::string_view rest = policy.substr(at + 3);
  const double length = parse_decimal(rest.substr(0, rest.find_first_of("; "))).value_or(0);
  if (!(length >= 1)) return std::nullopt;
  return std::chrono::seconds(static_cast<int>(std::min(length, longest_window_s)));
}

// "10, 10;w=1, 900;w=3600" is a limit of 10, in a window of 1 s: that of the policy with as many,
// else of the first, where that is no longer than the minute that a limit is supposed to be for.
std::string_view take_window(std::string_view text, std::optional<std::chrono::seconds>& window) {
  const std::string_view limit = limit_in(text);
  bool is_first = true;
  while (!text.empty()) {
    const std::string_view policy = text.substr(0, text.find(','));
    text.remove_prefix(std::min(policy.size() + 1, text.size()));
    const auto told = window_in(policy);
    const bool is_its = limit_in(policy) == limit;
    if (!told || !(is_its || (is_first && *told <= std::chrono::minutes(1)))) continue;
    window = told;
    if (is_its) break;
    is_first = false;
  }
  return limit;
}

// "5,000" is one number; "10, 10" and "100,100;w=60" are two.
std::string without_thousands(std::string_view text) {
  const std::size_t first = text.find(',');
  const bool is_grouped = first >= 1 && first <= 3 && text.size() % 4 == first % 4;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_comma = is_grouped && i >= first && (i - first) % 4 == 0;
    if (is_comma ? text[i] != ',' : text[i] < '0' || text[i] > '9') return std::string(text);
    if (!is_comma) out += text[i];
  }
  return out;
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, count);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return count;
}

std::optional<milliseconds> parse_reset(std::string_view text, system_clock::time_point now) {
  if (const auto number = parse_decimal(text)) {
    const auto moment = parse_epoch(text);
    return moment ? believable_wait_until(*moment, now) : believable_wait(*number * 1000);
  }
  const auto time = parse_rfc3339(text);
  return time ? believable_wait_until(*time, now) : parse_duration(text);
}

// What has been read so far. A limit of zero or below stays until the end, to void its quota.
struct reader {
  system_clock::time_point now;
  rate_limits specific, general;

  void read_line(std::string_view line) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return;
    const std::optional<slot> where = slot_of(line.substr(0, colon));
    if (where) fill(*where, line.substr(colon + 2));
  }

  void fill(const slot& where, std::string_view told) {
    quota_reading& reading = (where.specific ? specific : general)[where.which];
    if (where.part == part::reset) {
      if (!reading.reset) reading.reset = parse_reset(told, now);
      return;
    }
    const std::string plain = without_thousands(told);
    std::string_view text = plain;
    auto& count = where.part == part::limit ? reading.limit : reading.remaining;
    auto period = where.period;
    if (where.part == part::limit) text = take_window(text, period);
    if (count) return;
    count = parse_count(text);
    if (count && period) reading.period = period;
  }
};

quota_reading sensible(quota_reading reading) {
  if (reading.limit && *reading.limit <= 0) return {};
  if (reading.remaining && *reading.remaining < 0) reading.remaining.reset();
  return reading;
}

// The lines of the headers from the first that may be of the kind.
std::string_view candidate_lines(std::string_view headers) {
  const std::size_t at = headers.find(hallmark);
  if (at == headers.npos) return {};
  return headers.substr(headers.rfind('\n', at) + 1);  // npos + 1 is 0
}

rate_limits combined(const reader& read) {
  rate_limits limits;
  for (std::size_t i = 0; i < quota_count; ++i) {
    limits.of[i] = sensible(read.specific.of[i].any() ? read.specific.of[i] : read.general.of[i]);
  }
  return limits;
}

}  // namespace

bool rate_limits::any() const {
  return std::any_of(of.begin(), of.end(), [](const quota_reading& each) { return each.any(); });
}

rate_limits read_rate_limits(const io::http_response& response, system_clock::time_point now) {
  std::string_view rest = candidate_lines(response.headers);
  if (rest.empty()) return {};
  reader read{now, {}, {}};
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    read.read_line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return combined(read);
}

}  // namespace retort::providers
