// A view: what a config has made of a ledger by folding over it, sample by sample, in the ledger's
// order. The `view` is the description, immutable and shared by threads; its `view_writer` is the
// fold at work, with a state of its own where it needs one, on one thread at a time.
//
// A sample comes to a view in two steps, so that the thread that judges it can do the first beside
// its other work: render() says what the view makes of this sample alone, and take() folds that in.
// For a file of lines the one is the line and the other appends it; a view of pairs renders each
// half and keeps it until the other comes.
//
// Its bytes depend on the takes and on nothing else: a resume makes the same takes from the
// ledger's first line again and must come to the same bytes, whatever was flushed when, and
// wherever it was killed. That is why a writer never hears of a flush: what it has appended becomes
// visible, what it still holds of a block (compression, row groups) stays with it, and no block can
// end there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/sample/sample.hpp"
#include "engine/views/ledger_account.hpp"
#include "engine/views/view_files.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// What became of a sample, for all views.
struct view_change {
  sample_key key;
  engine::verdict verdict = verdict::failed;
  bool open = false;                      // a failure that a resumed run tries again
  std::optional<reject_reason> rejected;  // why
  bool unknown_finish = false;
  bool has_more = false;            // as in `sample`
  bool is_awaited = false;          // its own verdict is among that
  std::vector<double> judged = {};  // assessor::judge_scores()
  line_account account = {};        // of its line; where that is read, it is counted then
  // What an accepted one is chosen by, where not all of a record's are kept (samples.keep).
  double score = 0;                        // of the first evaluator that decides; below 0: unscored
  std::optional<bool> is_right = {};       // assessor::is_right(), where views are of records
  std::uint64_t length = 0;                // code points of the completion
  std::optional<std::string> answer = {};  // in it, where the majority of them is kept
  // Views that cannot have it though it is accepted, and the rule of the format's that it breaks.
  struct misfit {
    std::size_t view;
    std::string_view rule;
  };
  std::vector<misfit> misfits = {};
  bool is_misfit =
      false;  // of all that would have it: it is rejected, though its line says accepted
};

class view_writer {
 public:
  virtual ~view_writer() = default;

  // Folds in what the view rendered of the next sample; not called where that is nothing.
  virtual result<void> take(const view_change& change, std::string_view rendered) = 0;
  // Nothing more is to come of the record (of its branch, where there are steps) of a sample that
  // was taken, or would have been; told to views of records.
  virtual result<void> settle(const sample_key&) { return {}; }
  // The ledger ends here, for now: what is still held becomes bytes, and what stands at the end of
  // such a file. A later process, whose ledger is longer, cuts that off again.
  virtual result<void> finish() { return {}; }
  // So many were written, in the view's own measure: lines, pairs.
  virtual std::uint64_t rows() const = 0;
};

// What a person is told of its rows; of a companion, which describes others, nothing.
enum class view_kind { exported, rejected, companion };

class view {
 public:
  view(view_kind kind, std::string path) : kind_(kind), path_(std::move(path)) {}
  virtual ~view() = default;

  view_kind kind() const { return kind_; }
  // Its n-th file; "" where there are no more. Only the first is always there.
  virtual std::string path(std::size_t n = 0) const { return n == 0 ? path_ : std::string(); }

  // Its rows are made of all samples of a record: its writer is told when those are there.
  virtual bool is_of_records() const { return false; }

  // Appends what the view makes of a judged sample; nothing where it has no place for it. Where an
  // accepted one breaks a rule of its format that is the answer, and nothing is appended. Pure.
  virtual std::string_view render(const sample& judged, std::string& out) const = 0;
  // Both outlive the writer.
  virtual result<std::unique_ptr<view_writer>> begin(view_files& files) const = 0;

 private:
  view_kind kind_;
  std::string path_;
};

using view_list = std::vector<std::unique_ptr<const view>>;

}  // namespace retort::engine
