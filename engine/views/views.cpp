#include "engine/views/views.hpp"

#include <filesystem>
#include <numeric>

#include "engine/plan/variants.hpp"
#include "engine/views/training_line.hpp"

namespace retort::engine {
namespace {

result<std::optional<io::sink>> open_view(const std::string& path) {
  if (path.empty()) return std::optional<io::sink>();
  auto opened = io::sink::go_over(path);
  if (!opened) return opened.error();
  return std::optional<io::sink>(std::move(*opened));
}

}  // namespace

std::uint64_t view_counts::all_rejected() const {
  return std::accumulate(rejected.begin(), rejected.end(), std::uint64_t{0});
}

view_paths paths_of_views(const config& run) {
  const bool csv = run.output.format == output_format::csv;
  view_paths paths;
  paths.output = !run.output.path.empty()
                     ? run.output.path
                     : run.run_dir + (csv ? "/finetuning_data.csv" : "/finetuning_data.jsonl");
  if (run.output.rejected) {
    const bool poured = paths.output == standard_output;
    auto beside = std::filesystem::path(poured ? run.run_dir + "/finetuning_data" : paths.output);
    paths.rejected = beside.replace_extension(".rejected.jsonl").string();
  }
  return paths;
}

view_fold::view_fold(const config& run, const reviewer& review)
    : run_(&run), review_(review), done_(plan_of(run).variants(), plan_of(run).n()) {}

result<view_fold> view_fold::open(const config& run, const assessor* assess,
                                  const rendered_rows* rows) {
  const view_paths paths = paths_of_views(run);
  auto output = open_view(paths.output);
  if (!output) return output.error();
  auto rejected = open_view(paths.rejected);
  if (!rejected) return rejected.error();
  return open(run, assess, {std::move(*output), std::move(*rejected)}, rows);
}

result<view_fold> view_fold::open(const config& run, const assessor* assess, view_sinks sinks,
                                  const rendered_rows* rows) {
  view_fold made(run, reviewer(assess, rows));
  made.output_ = std::move(sinks.output);
  made.rejected_ = std::move(sinks.rejected);
  auto begun = made.output_->append(training_header(run.output.format));
  if (!begun) return begun.error();
  return made;
}

view_change render_change(const config& run, const sample& judged, std::string& line) {
  const view_change change{judged.key, judged.verdict(), judged.is_open(), judged.rejected,
                           judged.completion.finish == providers::finish::unknown};
  if (change.verdict == verdict::accepted) append_training_line(run, judged, line);
  if (change.verdict == verdict::rejected && run.output.rejected) {
    append_rejected_line(run, judged, line);
  }
  return change;
}

result<void> view_fold::take(std::string_view line) {
  auto counts = review_.read(line, sample_);
  if (!counts) return counts.error();
  if (!*counts) return {};
  text_.clear();
  const view_change change = render_change(*run_, sample_, text_);
  return take(change, text_);
}

result<void> view_fold::take(const view_change& change, std::string_view text) {
  if (!done_.note(change.key, change.verdict, change.open)) return {};
  counts_.failed = done_.failed();
  switch (change.verdict) {
    case verdict::failed: return {};
    case verdict::accepted:
      ++counts_.accepted;
      counts_.unknown_finish += change.unknown_finish;
      return output_->append(text);
    case verdict::rejected:
      ++counts_.rejected[static_cast<std::size_t>(*change.rejected)];
      return rejected_ ? rejected_->append(text) : result<void>();
  }
  return {};
}

result<void> view_fold::flush() {
  auto flushed = output_->flush();
  return flushed && rejected_ ? rejected_->flush() : flushed;
}

result<void> view_fold::finish() {
  auto finished = output_->finish();
  return finished && rejected_ ? rejected_->finish() : finished;
}

}  // namespace retort::engine
