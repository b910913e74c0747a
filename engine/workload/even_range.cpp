#include "engine/workload/even_range.hpp"

#include <charconv>
#include <cmath>

namespace retort::engine {
namespace {

std::optional<double> number_of_text(std::string_view text) {
  double out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool is_whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return is_whole && std::isfinite(out) && out >= 0 ? std::optional(out) : std::nullopt;
}

}  // namespace

std::optional<even_range> range_of(std::string_view text) {
  const auto colon = text.find(':');
  const auto low = number_of_text(text.substr(0, colon));
  const auto high = colon == text.npos ? low : number_of_text(text.substr(colon + 1));
  if (!low || !high || *low > *high) return std::nullopt;
  return even_range{*low, *high};
}

}  // namespace retort::engine
