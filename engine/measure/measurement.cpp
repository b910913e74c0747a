#include "engine/measure/measurement.hpp"

#include <algorithm>

namespace retort::engine {
namespace {

using stamp = measurement::stamp;
using std::chrono::nanoseconds;
using value = std::optional<double>;

value between(stamp from, stamp to) {
  if (from == stamp() || to == stamp()) return std::nullopt;
  return static_cast<double>(nanoseconds(to - from).count());
}

value per_token(const measurement& of, std::int64_t free, value time) {
  const auto tokens = output_tokens(of);
  if (!time || !tokens || *tokens <= free) return std::nullopt;
  return *time / static_cast<double>(*tokens - free);
}

// What came at once, as one chunk or in one read, has no time behind its first token.
value behind_first(const measurement& of) {
  if (of.chunks < 2 || of.last == of.first_content) return std::nullopt;
  return between(of.first_content, of.last);
}

value largest_gap(const measurement& of) {
  if (!of.gaps.empty()) return static_cast<double>(std::ranges::max(of.gaps).count());
  return of.joint_gaps > 0 ? value(0) : std::nullopt;
}

value opening(const measurement& of, nanoseconds io::connection_times::*part) {
  if (!of.opened || (*of.opened).*part < nanoseconds(0)) return std::nullopt;
  return static_cast<double>(((*of.opened).*part).count());
}

value of_answer(const measurement& of, metric what) {
  switch (what) {
    case metric::ttft: return between(of.written, of.first_content);
    case metric::ttfot: return between(of.written, of.first_visible);
    case metric::icl: return largest_gap(of);
    case metric::tpot: return per_token(of, 1, behind_first(of));
    case metric::ntpot: return per_token(of, 0, between(of.written, of.last));
    case metric::e2e: return between(of.written, of.last);
    case metric::ttft_from_schedule: return between(of.scheduled, of.first_content);
    case metric::e2e_from_schedule: return between(of.scheduled, of.last);
    default: return between(of.written, of.first_byte);
  }
}

}  // namespace

std::optional<std::int64_t> output_tokens(const measurement& of) {
  return of.used.output >= 0 ? std::optional(of.used.output) : std::nullopt;
}

std::optional<std::int64_t> input_tokens(const measurement& of) {
  return of.used.input >= 0 ? std::optional(of.used.input) : std::nullopt;
}

value value_of(const measurement& of, metric what) {
  switch (what) {
    case metric::schedule_lag: return between(of.scheduled, of.taken_up);
    case metric::wait_for_place:
      return of.scheduled == stamp() ? std::nullopt : between(of.taken_up, of.sent_off);
    case metric::dns: return opening(of, &io::connection_times::dns);
    case metric::tcp: return opening(of, &io::connection_times::tcp);
    case metric::tls: return opening(of, &io::connection_times::tls);
    default: break;
  }
  if (of.failed || of.to_cancel) return std::nullopt;
  return of_answer(of, what);
}

}  // namespace retort::engine
