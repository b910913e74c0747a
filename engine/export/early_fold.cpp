#include "engine/export/early_fold.hpp"

#include <algorithm>

namespace retort::engine {
namespace {

constexpr std::uint64_t lines_in_a_row = 1024;  // at the interrupt, which is a system call

// Files that are being made have names where the file system knows none without, and a dataset
// given as a glob may come upon them.
bool has_glob(const config& run) {
  return std::ranges::any_of(run.dataset.paths, [](const std::string& one) {
    return one.find_first_of("*?[") != std::string::npos;
  });
}

std::shared_ptr<const assessor> assessor_of(const config& run) {
  auto made = assessor::make(run);
  return made ? std::make_shared<const assessor>(std::move(*made)) : nullptr;
}

}  // namespace

early_fold::early_fold(const config& run)
    : run_(&run), assess_(assessor_of(run)), plan_(run), survey_(plan_, assess_.get()) {}

void early_fold::begin(output_options options) {
  has_begun_ = true;
  if (!assess_) return;
  into_ = std::make_unique<output_fold>(*run_, *assess_);
  const auto make = [this](const view_list& views, view_files& files) {
    return view_fold::open(*run_, assess_.get(), views, files);
  };
  const bool is_open = !into_->pours() && into_->open(std::move(options), false, make).has_value();
  if (!is_open || (has_glob(*run_) && into_->files().have_names())) give_up();
}

void early_fold::take(const io::ledger_line& line) {
  if (!into_) return;
  const bool fits = survey_.note(line).has_value() && survey_.so_far().stale == 0 &&
                    into_->fold().take(line.text).has_value();
  end_ = line.offset + line.text.size() + 1;
  if (!fits) give_up();
}

void early_fold::read(const std::string& path, std::uint64_t bytes, const io::interrupt& stop) {
  if (into_ && !take_all(path, bytes, stop)) give_up();
  end_ = bytes;
}

bool early_fold::take_all(const std::string& path, std::uint64_t bytes, const io::interrupt& stop) {
  auto reader = io::ledger_reader::open(path);
  if (!reader) return false;
  for (std::uint64_t lines = 0; into_; ++lines) {
    if (lines % lines_in_a_row == 0 && stop.is_raised()) return false;
    const auto line = reader->next(bytes);
    if (!line) return false;
    if (!*line) break;
    take(**line);
  }
  damaged_ = reader->damaged();
  first_damaged_ = reader->first_damaged();
  return true;
}

std::optional<ledger_state> early_fold::close(std::uint64_t bytes) {
  if (end_ != bytes) give_up();
  if (!into_) return std::nullopt;
  return survey_.finish(damaged_, first_damaged_);
}

}  // namespace retort::engine
