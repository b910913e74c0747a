// Runs a view_fold over a growing ledger on a thread of its own: from its first line as far as
// lines are committed, whether they were written by this process or by an earlier one. What this
// process appends it may be told beforehand, which spares it to read and parse that line again.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/views/view_fold.hpp"
#include "io/base/mutex.hpp"
#include "io/ledger/ledger_reader.hpp"

namespace retort::engine {

// Renderings of consecutive ledger lines, the first of which begins at `begin` in the file.
struct rendered_lines {
  struct entry {
    view_change change;
    std::size_t line_bytes;  // in the ledger
  };
  std::uint64_t begin = 0;
  std::vector<entry> entries;
  std::vector<std::size_t> lengths;  // of the texts, view_fold::texts() of each entry
  std::string texts;

  void clear(std::uint64_t new_begin);
  void take(rendered_lines& more);  // which holds nothing that matters any more
};

class view_follower {
 public:
  // `ledger_end`: the file's length, where the next line will be appended. `failed` is called once,
  // on the follower's thread, when the views cannot be written any further.
  view_follower(io::ledger_reader ledger, view_fold fold, std::uint64_t ledger_end = 0,
                std::function<void(const error&)> failed = {});
  ~view_follower();  // stops where it is

  // The sample whose line was appended to the ledger just now, judged; `line_bytes` long with its
  // newline. What the views make of it is rendered at once. To be told of every line that is
  // appended, in order, from one thread, and handed to the follower's by flush(). It is only a
  // shortcut: when too much of it waits, it is dropped, and the file is read instead.
  void appended(std::size_t line_bytes, const sample& judged);
  void flush();
  // So many more bytes of the ledger are committed. Any thread.
  void committed(std::uint64_t bytes);
  // Folds what is committed, finishes the files and stops the thread; counts() is exact then. The
  // first error of the views, which are completed by the next resume.
  result<void> finish();

  // Ends the folding where it is, and has finish() say errc::cancelled if it was not at its end:
  // the next resume goes on. Any thread.
  void abandon() { abandoned_ = true; }

  // So many bytes of the ledger are in the views, once finish() has returned.
  std::uint64_t folded() const { return position_; }
  const view_counts& counts() const { return fold_.counts(); }
  const view_fold& fold() const { return fold_; }

 private:
  void follow();
  std::optional<std::uint64_t> more_than(std::uint64_t folded);
  void fold_as_far_as(std::uint64_t target);
  result<void> fold_up_to(std::uint64_t length);
  bool refill();
  result<void> fold_rendered(std::uint64_t length);
  result<bool> fold_line(std::uint64_t length);

  io::ledger_reader ledger_;
  view_fold fold_;
  std::function<void(const error&)> failed_;
  std::atomic<bool> abandoned_ = false;
  result<void> outcome_;
  const std::uint64_t taken_up_;  // the ledger's end when this began
  std::uint64_t position_ = 0;    // in the ledger, behind the last line that was folded
  rendered_lines rendered_;       // what is being folded, from next_entry_ on
  std::size_t next_entry_ = 0, next_text_ = 0;  // next_text_: a byte of its texts

  // The engine's.
  std::uint64_t ledger_end_;  // behind the last line appended
  rendered_lines unflushed_;

  enum wish { following, finishing, leaving };
  io::mutex mutex_;
  rendered_lines fresh_ RETORT_GUARDED_BY(mutex_);
  std::condition_variable changed_;
  std::uint64_t committed_ RETORT_GUARDED_BY(mutex_) = 0;
  wish wish_ RETORT_GUARDED_BY(mutex_) = following;
  std::thread thread_;
};

}  // namespace retort::engine
