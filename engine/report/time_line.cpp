#include "engine/report/time_line.hpp"

#include <algorithm>

namespace retort::engine {
namespace {

constexpr std::int64_t most_bins = 240;
constexpr std::int64_t most_ms = 100'000'000'000'000;  // the year 5138: no sum overflows

void merge(time_bin& into, const time_bin& more) {
  into.finished += more.finished;
  into.retries += more.retries;
  into.limited += more.limited;
  into.tokens += more.tokens;
  into.busy_ms += more.busy_ms;
}

}  // namespace

void time_line::widen() {
  width_ms_ *= 2;
  std::vector<time_bin> wide((bins_.size() + 1) / 2);
  for (std::size_t i = 0; i < bins_.size(); ++i) merge(wide[i / 2], bins_[i]);
  bins_ = std::move(wide);
}

void time_line::reach(std::int64_t at_ms) {
  while ((at_ms - begin_ms_) / width_ms_ >= most_bins) widen();
  const auto bin = static_cast<std::size_t>((at_ms - begin_ms_) / width_ms_);
  if (bin >= bins_.size()) bins_.resize(bin + 1);
}

// A clock that was set back is shown as if it had stood.
time_bin& time_line::bin_at(std::int64_t at_ms) {
  return bins_[static_cast<std::size_t>(std::max<std::int64_t>(0, at_ms - begin_ms_) / width_ms_)];
}

void time_line::add(std::int64_t at_ms, double ms, const time_bin& what) {
  ms = std::clamp(ms, 0.0, 1e9);
  at_ms = std::clamp<std::int64_t>(at_ms, 0, most_ms);
  const std::int64_t from = at_ms - static_cast<std::int64_t>(ms);
  if (bins_.empty()) begin_ms_ = from;
  reach(std::max(at_ms, begin_ms_));
  merge(bin_at(at_ms), what);
  for (std::int64_t at = std::max(from, begin_ms_); at < at_ms;) {
    const std::int64_t end = std::min(at_ms, at + width_ms_ - (at - begin_ms_) % width_ms_);
    bin_at(at).busy_ms += static_cast<double>(end - at);
    at = end;
  }
}

}  // namespace retort::engine
