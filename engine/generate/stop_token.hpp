// The end of a run before its time: whoever finds a reason raises it, whoever is under way looks,
// or is woken by whom the first raise calls. One thread: the engine's.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "engine/generate/exit_status.hpp"

namespace retort::engine {

class stop_token {
 public:
  // What the first raise calls.
  std::function<void(exit_status, const std::string& reason)> on_raise;

  bool is_raised() const { return raised_; }
  void raise(exit_status how, const std::string& reason) {
    if (!std::exchange(raised_, true) && on_raise) on_raise(how, reason);
  }

 private:
  bool raised_ = false;
};

}  // namespace retort::engine
