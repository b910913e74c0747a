#include "engine/views.hpp"

#include <filesystem>
#include <numeric>

#include "engine/training_line.hpp"

namespace retort::engine {
namespace {

result<std::optional<io::sink>> open_view(const std::string& path) {
  if (path.empty()) return std::optional<io::sink>();
  auto opened = io::sink::open(path);
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
    auto beside = std::filesystem::path(paths.output);
    paths.rejected = beside.replace_extension(".rejected.jsonl").string();
  }
  return paths;
}

view_fold::view_fold(const config& run, const assessor* assess)
    : run_(&run), assess_(assess), done_(static_cast<std::uint32_t>(run.models.size())) {}

result<view_fold> view_fold::open(const config& run, const assessor* assess) {
  const view_paths paths = paths_of_views(run);
  view_fold made(run, assess);
  auto output = open_view(paths.output);
  if (!output) return output.error();
  auto rejected = open_view(paths.rejected);
  if (!rejected) return rejected.error();
  made.output_ = std::move(*output);
  made.rejected_ = std::move(*rejected);
  auto begun = made.output_->append(training_header(run.output.format));
  if (!begun) return begun.error();
  return made;
}

result<void> view_fold::write(std::optional<io::sink>& to) {
  auto written = to->append(text_);
  text_.clear();
  return written;
}

result<void> view_fold::take(std::string_view line) {
  auto read = read_ledger_line(line, sample_);
  if (!read) return read;
  if (!done_.note(sample_.key, sample_.verdict(), sample_.is_open())) return {};
  counts_.failed = done_.failed();
  if (sample_.failure) return {};
  assess_->decide_again(sample_);
  if (!sample_.rejected) {
    ++counts_.accepted;
    append_training_line(*run_, sample_, text_);
    return write(output_);
  }
  ++counts_.rejected[static_cast<std::size_t>(*sample_.rejected)];
  if (!rejected_) return {};
  append_rejected_line(*run_, sample_, text_);
  return write(rejected_);
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
