#include "engine/outputs/line_writer.hpp"

namespace retort::engine {
namespace {

class sample_lines : public view_writer {
 public:
  explicit sample_lines(line_sink to) : to_(std::move(to)) {}

  result<void> take(const view_change& change, std::string_view rendered) override {
    return to_.add(change.key, rendered);
  }
  result<void> finish() override { return to_.finish(); }
  std::uint64_t rows() const override { return to_.rows(); }

 private:
  line_sink to_;
};

}  // namespace

line_sink::line_sink(const config& run, const output_config& of, line_file file)
    : file_(std::move(file)), may_be_many_(of.format == "jq") {
  if (of.in_dataset_order) ordered_.emplace(run.run_dir);
}

result<void> line_sink::add(const sample_key& of, std::string_view lines) {
  if (!may_be_many_) {
    ++rows_;
    return ordered_ ? ordered_->add(of, lines) : file_.append(lines);
  }
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n') + 1);
    lines.remove_prefix(line.size());
    ++rows_;
    auto put = ordered_ ? ordered_->add(of, line) : file_.append(line);
    if (!put) return put;
  }
  return {};
}

result<void> line_sink::finish() {
  if (ordered_) {
    auto poured = ordered_->pour_into([this](std::string_view line) { return file_.append(line); });
    if (!poured) return poured;
  }
  return file_.finish();
}

result<std::unique_ptr<view_writer>> begin_lines(const view* of, view_files& files,
                                                 const config& run, const output_config& output,
                                                 line_file_form form) {
  line_file file(of, &files, std::move(form));
  if (auto begun = file.begin(); !begun) return begun.error();
  return std::make_unique<sample_lines>(line_sink(run, output, std::move(file)));
}

}  // namespace retort::engine
