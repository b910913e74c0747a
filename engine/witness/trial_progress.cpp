#include "engine/witness/trial_progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/text/amounts.hpp"

namespace retort::engine {
namespace {

using seconds = std::chrono::duration<double>;

// Three digits that count.
std::string shown_amount(double value) {
  if (value >= 1000) return grouped(static_cast<std::uint64_t>(value + 0.5));
  return value >= 100 ? fmt::format("{:.0f}", value)
         : value >= 1 ? fmt::format("{:.1f}", value)
                      : fmt::format("{:.2f}", value);
}

std::string times_of(const tally& seen, metric what) {
  const auto& spread = seen.of(what);
  if (spread.count() == 0) return "";
  return fmt::format("{} p50 {} p99 {} ms", name(what), shown_amount(*spread.quantile(0.5) / 1e6),
                     shown_amount(*spread.quantile(0.99) / 1e6));
}

// Those that were given up are over too.
std::uint64_t ended_of(const tally& so_far) { return so_far.requests() + so_far.to_cancel(); }

std::string count_text(const trial_progress& at) {
  const std::string done = grouped(ended_of(*at.so_far));
  return at.requests && !at.duration ? done + " of " + grouped(*at.requests) : done;
}

std::string state_text(const trial_progress& at) {
  if (!at.part.empty()) return fmt::format("{}: {}, {} in flight", at.what, at.part, at.in_flight);
  std::string out = fmt::format("{}: {} in {}", at.what, count_text(at), duration_text(at.elapsed));
  if (const auto left = left_of(at)) out += fmt::format(", {} left", duration_text(*left));
  if (const auto rate = at.so_far->success_rate()) {
    out += fmt::format("; {} req/s", shown_amount(*rate));
  }
  out += fmt::format(", {} in flight", at.in_flight);
  if (at.so_far->failures > 0) out += fmt::format(", {} failed", grouped(at.so_far->failures));
  return out;
}

std::string times_text(const trial_progress& at) {
  const std::string first = times_of(*at.so_far, metric::ttft);
  const std::string whole = times_of(*at.so_far, metric::e2e);
  return first.empty() || whole.empty() ? first + whole : first + ", " + whole;
}

}  // namespace

std::optional<seconds> left_of(const trial_progress& at) {
  if (at.duration) return std::max(seconds(0), *at.duration - at.elapsed);
  const auto done = ended_of(*at.so_far);
  if (!at.requests || done == 0) return std::nullopt;
  const auto left = static_cast<double>(*at.requests - std::min(done, *at.requests));
  return at.elapsed * (left / static_cast<double>(done));
}

std::string progress_line(const trial_progress& at) {
  const std::string times = times_text(at);
  return times.empty() ? state_text(at) : state_text(at) + "; " + times;
}

std::vector<std::string> progress_rows(const trial_progress& at) {
  return {state_text(at), "  " + times_text(at)};
}

}  // namespace retort::engine
