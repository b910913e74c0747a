#include "engine/measure/course.hpp"

#include <algorithm>

namespace retort::engine {
namespace {

constexpr std::int64_t most_course_bins = 240;

void merge_bins(course_bin& into, const course_bin& more) {
  into.ended += more.ended;
  into.failed += more.failed;
  into.output_tokens += more.output_tokens;
  into.under_way_s += more.under_way_s;
  into.latency_ms += more.latency_ms;
  into.with_latency += more.with_latency;
}

double in_seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

void course::reach(time at) {
  while (at / width_ >= most_course_bins) {
    width_ *= 2;
    std::vector<course_bin> wide((bins_.size() + 1) / 2);
    for (std::size_t i = 0; i < bins_.size(); ++i) merge_bins(wide[i / 2], bins_[i]);
    bins_ = std::move(wide);
  }
  const auto bin = static_cast<std::size_t>(at / width_);
  if (bin >= bins_.size()) bins_.resize(bin + 1);
}

course_bin& course::bin_at(time at) { return bins_[static_cast<std::size_t>(at / width_)]; }

void course::fill(time from, time until) {
  for (time at = from; at < until;) {
    const time end = std::min(until, at + width_ - at % width_);
    bin_at(at).under_way_s += in_seconds(end - at);
    at = end;
  }
}

// The first to end need not be the first that was written: what was before it is not shown.
void course::add(const measurement& one) {
  if (bins_.empty()) begin_ = one.under_way_from();
  const time from = std::max(time(0), time(one.under_way_from() - begin_));
  const time until = std::max(from, time(one.under_way_until() - begin_));
  reach(until);
  fill(from, until);
  if (one.to_cancel && !one.failed) return;
  course_bin& last = bin_at(until);
  ++last.ended;
  last.failed += one.failed.has_value();
  last.output_tokens += output_tokens(one).value_or(0);
  const auto latency = value_of(one, one.is_streamed ? metric::ttft : metric::e2e);
  if (!latency || one.failed) return;
  last.latency_ms += *latency / 1e6;
  ++last.with_latency;
}

}  // namespace retort::engine
