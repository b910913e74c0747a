#include "engine/export/output_fold.hpp"

#include <algorithm>

#include "engine/outputs/outputs.hpp"
#include "engine/plan/unneeded.hpp"

namespace retort::engine {

output_fold::output_fold(const config& run, const assessor& assess)
    : run_(&run),
      assess_(&assess),
      views_(views_of(run)),
      outputs_(views_.size()),
      seen_(way_plan(run).layout()) {}

result<void> output_fold::open(output_options options, bool is_run_at_work,
                               const fold_maker& fold) {
  auto files = replaced_outputs::open(*run_, views_, std::move(options), is_run_at_work);
  if (!files) return files.error();
  files_.emplace(std::move(*files));
  if (assess_->has_costly()) {
    views_.push_back(
        make_outcome_view([this](const told_outcome& one) { seen_.note(one.key, one.outcome); }));
  }
  auto made = fold(views_, *files_);
  if (!made) return made.error();
  fold_.emplace(std::move(*made));
  return {};
}

bool output_fold::pours() const {
  return std::ranges::any_of(views_,
                             [](const auto& one) { return one->path() == standard_output; });
}

std::uint64_t output_fold::unjudged() const {
  std::uint64_t count = seen_.count(unjudged_outcome);
  for_unneeded(fold_->done(), way_plan(*run_),
               [&](const sample_key& key) { count -= seen_.of(key) == unjudged_outcome; });
  return count;
}

std::vector<written_view> output_fold::written() const {
  std::vector<written_view> out;
  for (std::size_t n = 0; n < outputs_; ++n) out.push_back(fold_->written(n));
  return out;
}

}  // namespace retort::engine
