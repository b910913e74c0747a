#include "engine/text/near_miss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace retort::engine {
namespace {

// Insertions, deletions, replacements and swaps of neighbours, each one edit.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> above, before(b.size() + 1), row(b.size() + 1);
  std::iota(before.begin(), before.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], above[j - 2] + 1);
    }
    above = std::exchange(before, row);
  }
  return before.back();
}

}  // namespace

std::string_view near_miss(std::string_view word, std::span<const std::string_view> candidates) {
  const std::size_t slip = std::max<std::size_t>(1, word.size() / 3);
  std::string_view best;
  std::size_t least = slip + 1;
  for (std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view near = near_miss(word, candidates);
  return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
}

}  // namespace retort::engine
