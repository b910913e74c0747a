// Runs a view_fold over a growing ledger on a thread of its own: from its first line as far as
// lines are committed, whether they were written by this process or by an earlier one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/views.hpp"
#include "io/ledger_reader.hpp"

namespace retort::engine {

class view_follower {
 public:
  view_follower(io::ledger_reader ledger, view_fold fold);
  ~view_follower();  // stops where it is

  // So many more bytes of the ledger are committed. Any thread.
  void committed(std::uint64_t bytes);
  // Folds what is committed, finishes the files and stops the thread; counts() is exact then. The
  // first error of the views, which are completed by the next resume.
  result<void> finish();

  const view_counts& counts() const { return fold_.counts(); }

 private:
  void follow();
  result<void> fold_up_to(std::uint64_t length);

  io::ledger_reader ledger_;
  view_fold fold_;
  result<void> outcome_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t committed_ = 0;
  enum { following, finishing, leaving } wish_ = following;
  std::thread thread_;
};

}  // namespace retort::engine
