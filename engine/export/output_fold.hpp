// The outputs of an export and the fold that fills them, which stay together. One thread.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/directory/replaced_outputs.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/export/outcomes.hpp"
#include "engine/views/view_fold.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

class output_fold {
 public:
  // Both outlive it.
  output_fold(const config& run, const assessor& assess);
  output_fold(const output_fold&) = delete;
  output_fold& operator=(const output_fold&) = delete;

  // As replaced_outputs::open(); `fold` makes the fold over the views and files that it is given.
  using fold_maker = std::function<result<view_fold>(const view_list& views, view_files& files)>;
  result<void> open(output_options options, bool is_run_at_work, const fold_maker& fold);

  view_fold& fold() { return *fold_; }
  replaced_outputs& files() { return *files_; }
  // One of the outputs is standard output: what is poured there cannot be taken back.
  bool pours() const;
  // Of the failed: what judges them is not in the ledger.
  std::uint64_t unjudged() const;
  std::vector<written_view> written() const;

 private:
  const config* run_;
  const assessor* assess_;
  view_list views_;
  std::size_t outputs_;  // of the views
  outcome_set seen_;
  std::optional<replaced_outputs> files_;
  std::optional<view_fold> fold_;
};

}  // namespace retort::engine
