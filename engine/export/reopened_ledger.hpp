// A ledger that is there already, finished or still growing, made ready to be folded under the
// config at hand: the config and the dataset are its own, and what must be rendered anew is. Sends
// nothing, asks for no key and never writes the ledger. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/config/config.hpp"
#include "engine/directory/resume.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/evaluate/rendered_rows.hpp"
#include "engine/export/early_fold.hpp"
#include "engine/views/view_fold.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/file/file.hpp"

namespace retort::engine {

class reopened_ledger {
 public:
  // `run` outlives it. `say` hears what a person must know. `stop`, raised, ends the reading.
  // `early`, where given, folds the ledger as it is read, or has done so already.
  // errc::usage where there is no ledger; as a resume's errors.
  static result<reopened_ledger> open(const config& run, std::shared_ptr<io::interrupt> stop,
                                      const std::function<void(const std::string&)>& say,
                                      early_fold* early = nullptr);

  // Else no run begins as long as this is held.
  bool is_run_at_work() const { return lock_ == nullptr; }
  const engine::assessor& assess() const { return *assess_; }
  std::uint64_t skipped_rows() const { return skipped_rows_; }  // under dataset.on_error: skip
  const done_set& done_by_word() const { return *done_; }       // as its lines say of themselves

  // A fold under this config. The views and files outlive it, as this does.
  result<view_fold> fold(const view_list& views, view_files& files) const;
  // Tells it how many there are, gives it the ledger's lines as far as there were when this was
  // opened, and finishes it.
  result<void> pour_into(view_fold& fold) const;

 private:
  reopened_ledger(const config& run, std::shared_ptr<const engine::assessor> assess)
      : run_(&run), assess_(std::move(assess)) {}
  result<void> lock();
  result<void> look_for_ledger() const;
  result<void> take_up(const std::function<void(const std::string&)>& say, early_fold* early);
  result<ledger_state> look_through(const std::function<void(const std::string&)>& say,
                                    early_fold* early) const;
  result<void> verify_rows(const ledger_state& state,
                           const std::function<void(const std::string&)>& say);
  result<settled_row> rendering(const std::function<void(const std::string&)>& say);

  const config* run_;
  std::shared_ptr<const engine::assessor> assess_;
  std::string path_;
  std::uint64_t bytes_ = 0;         // as far as it is read
  std::unique_ptr<io::file> lock_;  // null: a run has it
  std::shared_ptr<io::interrupt> stop_;
  bool is_stale_ = false;
  line_counts lines_;
  std::optional<done_set> done_;
  std::optional<rendered_rows> rendered_;
  std::uint64_t skipped_rows_ = 0;
};

}  // namespace retort::engine
