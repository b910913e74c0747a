// What servers say of quotas and waits: whatever it is, what is read from it is within its bounds.
#include "providers/failure/duration.hpp"
#include "providers/failure/rate_limits.hpp"
#include "providers/failure/retry_after.hpp"
#include "providers/failure/rfc3339.hpp"
#include "tests/fuzz/dialect_input.hpp"

using namespace retort;
using namespace retort::fuzz;
using namespace retort::providers;

namespace {

void check_wait(const std::optional<std::chrono::milliseconds>& wait) {
  if (!wait) return;
  require(wait->count() > 0, "no wait is zero or below");
  require(*wait <= longest_believable, "no wait is unbelievably long");
}

void check_headers(const io::http_response& response) {
  check_wait(retry_after(response, wall_clock()));
  for (const quota_reading& each : read_rate_limits(response, wall_clock()).of) {
    require(each.limit.value_or(1) > 0, "a limit is above 0");
    require(each.remaining.value_or(0) >= 0, "what remains is at least 0");
    check_wait(each.reset);
  }
}

void check_text(std::string_view text) {
  check_wait(parse_duration(text));
  const auto number = parse_decimal(text);
  if (number) check_wait(believable_wait(*number));
  // The years up to 2261, and an offset of a day.
  for (const auto& stamp : {parse_rfc3339(text), parse_http_date(text)}) {
    if (!stamp) continue;
    const auto since_1970 = std::chrono::floor<std::chrono::hours>(stamp->time_since_epoch());
    require(since_1970 >= std::chrono::hours(-24), "no time stamp is before 1970");
    require(since_1970 < std::chrono::years(292) + std::chrono::hours(24), "nor after 2261");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz_input input(data, size);
  check_headers(response_in(input));
  check_text(input.recipe);
  const std::size_t colon = input.text.find(": ");
  if (colon != std::string_view::npos) {
    check_text(input.text.substr(colon + 2, input.text.find('\n', colon) - colon - 2));
  }
  return 0;
}
