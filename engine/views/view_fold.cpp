#include "engine/views/view_fold.hpp"

#include <numeric>

#include "engine/plan/variants.hpp"

namespace retort::engine {

std::uint64_t view_counts::all_rejected() const {
  return std::accumulate(rejected.begin(), rejected.end(), std::uint64_t{0});
}

view_fold::view_fold(const config& run, const reviewer& review, const view_list& views,
                     view_files& files)
    : views_(&views),
      files_(&files),
      review_(review),
      done_(plan_of(run).variants(), plan_of(run).n()) {}

result<view_fold> view_fold::open(const config& run, const assessor* assess, const view_list& views,
                                  view_files& files, const rendered_rows* rows) {
  view_fold made(run, reviewer(assess, rows), views, files);
  for (const auto& each : views) {
    auto writer = each->begin(files);
    if (!writer) return writer.error();
    made.writers_.push_back(std::move(*writer));
  }
  return made;
}

view_change view_fold::render(const sample& judged, std::vector<std::size_t>& lengths,
                              std::string& texts) const {
  for (const auto& each : *views_) {
    const std::size_t before = texts.size();
    each->render(judged, texts);
    lengths.push_back(texts.size() - before);
  }
  return {judged.key, judged.verdict(), judged.is_open(), judged.rejected,
          judged.completion.finish == providers::finish::unknown};
}

result<void> view_fold::take(std::string_view line) {
  auto counts = review_.read(line, sample_);
  if (!counts) return counts.error();
  if (!*counts) return {};
  lengths_.clear();
  texts_.clear();
  const view_change change = render(sample_, lengths_, texts_);
  return take(change, lengths_, texts_);
}

result<void> view_fold::take(const view_change& change, std::span<const std::size_t> lengths,
                             std::string_view texts) {
  if (!done_.note(change.key, change.verdict, change.open)) return {};
  count(change);
  for (std::size_t n = 0; n < writers_.size(); ++n) {
    if (lengths[n] == 0) continue;
    auto taken = writers_[n]->take(change, texts.substr(0, lengths[n]));
    if (!taken) return taken;
    texts.remove_prefix(lengths[n]);
  }
  return {};
}

void view_fold::count(const view_change& change) {
  counts_.failed = done_.failed();
  counts_.accepted += change.verdict == verdict::accepted;
  counts_.unknown_finish += change.verdict == verdict::accepted && change.unknown_finish;
  if (change.verdict == verdict::rejected) {
    ++counts_.rejected[static_cast<std::size_t>(*change.rejected)];
  }
}

result<void> view_fold::finish() {
  for (const auto& each : writers_) {
    if (auto finished = each->finish(); !finished) return finished;
  }
  return files_->finish();
}

}  // namespace retort::engine
