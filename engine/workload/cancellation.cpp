#include "engine/workload/cancellation.hpp"

#include <cmath>

namespace retort::engine {
namespace {

// A day, and more chunks than any answer has.
constexpr double longest_s = 86'400, most_chunks = 1e9;

}  // namespace

std::optional<cancel_rule> cancel_rule_of(std::string_view after) {
  constexpr std::string_view unit = "chunks";
  cancel_rule out;
  out.in_chunks = after.ends_with(unit);
  if (out.in_chunks) after.remove_suffix(unit.size());
  const auto range = range_of(after);
  if (!range || range->high > (out.in_chunks ? most_chunks : longest_s)) return std::nullopt;
  if (out.in_chunks && range->low < 1) return std::nullopt;
  out.after = *range;
  return out;
}

// Two numbers for each request, of those that are let be, too.
std::optional<cancel_plan> cancellation::next() {
  const bool is_chosen = chance_.uniform() < rule_.share;
  const double after = rule_.after.drawn(chance_);
  if (!is_chosen) return std::nullopt;
  cancel_plan out;
  if (rule_.in_chunks) {
    out.chunks = static_cast<std::uint64_t>(std::llround(after));
  } else {
    out.after = std::chrono::nanoseconds(std::llround(after * 1e9));
  }
  return out;
}

}  // namespace retort::engine
