// Where a record's way ends: a finished sample is masked, judged, and written to the ledger and the
// views, and counted; a row that is none is counted too, or ends the run. One thread: the engine's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/evaluate/assessor.hpp"
#include "engine/filters/succession.hpp"
#include "engine/generate/generator.hpp"
#include "engine/record/progress.hpp"
#include "engine/sample/done_set.hpp"
#include "engine/sample/key_mask.hpp"
#include "engine/views/view_follower.hpp"
#include "io/ledger/ledger_log.hpp"

namespace retort::engine {

class outlet {
 public:
  // All outlive it; the keys may come later.
  outlet(const config& settings, const assessor& assess, const key_mask& keys, generator& by)
      : settings_(settings), assess_(assess), keys_(keys), by_(by) {}

  // Of the next of the steps before the last, which the assessor above is of; it outlives this.
  void judge_earlier_by(const assessor* one) { earlier_.push_back(one); }

  // Before the first sample; both outlive what is done here.
  void open(io::ledger_log* ledger, view_follower* views) { ledger_ = ledger, views_ = views; }
  // What earlier processes have left, their counts, and who judges what comes now behind it; null
  // where nothing goes by that.
  void take_up(const done_set& done, const progress_snapshot& counts,
               succession* in_turn = nullptr);

  // verdict -> ledger -> views -> counts
  void finish(sample& done);
  // A sample that failed, by an earlier process or this one, is needed no more
  // (engine/plan/unneeded.hpp): it is no failure of the run.
  void forget_failure(bool is_earlier);
  // An answer that waits for evaluations: an unjudged line keeps it, so that a kill does not cost
  // it. finish() follows, and says that it stands there.
  void keep(sample& waiting);
  // Hears each sample whose line was appended; may be empty.
  std::function<void(const sample& done)> written;

  // A row that cannot be a prompt: under on_error: fail the run stops at the first, else it is
  // counted and named. `line` says where it stands and what is wrong.
  void reject_row(const std::string& line);
  void skip_row(const std::string& line);  // under on_error: skip

  // More waits for the disk than memory should hold.
  bool is_behind_disk() const;
  io::ledger_log& ledger() const { return *ledger_; }
  const progress_snapshot& counts() const { return counts_; }  // of samples, rows and tokens

 private:
  void flush_soon();
  void commit(sample& done);
  void append(sample& done);
  const assessor& assessor_of(const sample& one) const {
    return one.key.step < earlier_.size() ? *earlier_[one.key.step] : assess_;
  }
  void name_failure(const sample& done);
  void name_unjudged(const sample& done);

  const config& settings_;
  const assessor& assess_;
  std::vector<const assessor*> earlier_;
  const key_mask& keys_;
  generator& by_;
  io::ledger_log* ledger_ = nullptr;
  view_follower* views_ = nullptr;
  const done_set* done_ = nullptr;  // as the ledger was when the run began
  succession* in_turn_ = nullptr;
  progress_snapshot counts_;
  std::uint64_t named_failures_ = 0;
  bool flushing_ = false;  // what was committed is about to be handed on
  std::string text_;       // scratch
};

}  // namespace retort::engine
