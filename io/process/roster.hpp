// Processes that are running for somebody, so that one call ends them all. One thread.
#pragma once

#include <set>

#include "io/process/process.hpp"

namespace retort::io {

class roster {
 public:
  void kill_all() {
    for (process* one : running_) one->kill();
  }

  // On the roster until it goes. Both outlive it.
  class entry {
   public:
    entry(roster* of, process* what) : of_(of), what_(what) { of_->running_.insert(what_); }
    ~entry() { of_->running_.erase(what_); }
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

   private:
    roster* of_;
    process* what_;
  };

 private:
  std::set<process*> running_;
};

}  // namespace retort::io
