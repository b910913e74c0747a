#include "engine/sample/verdict.hpp"

#include <algorithm>
#include <array>

namespace retort::engine {
namespace {

constexpr std::array<std::string_view, 3> verdicts{"accepted", "rejected", "failed"};
constexpr std::array<std::string_view, reject_reasons> reasons{
    "error", "no_output",    "incorrect", "too_short",  "too_long", "cut_off", "unscored",
    "where", "contaminated", "duplicate", "per_record", "not_kept", "format"};

template <class T, std::size_t N>
std::optional<T> named(const std::array<std::string_view, N>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<T>(found - words.begin());
}

}  // namespace

std::string_view name(verdict v) { return verdicts[static_cast<std::size_t>(v)]; }

std::optional<verdict> verdict_named(std::string_view word) {
  return named<verdict>(verdicts, word);
}

std::string_view name(reject_reason reason) { return reasons[static_cast<std::size_t>(reason)]; }

std::optional<reject_reason> reason_named(std::string_view word) {
  return named<reject_reason>(reasons, word);
}

}  // namespace retort::engine
