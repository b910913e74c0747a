// Watches the client itself during a trial: how late a timer of its loop fires, the CPU that its
// thread uses, and the two clocks beside each other. The loop's thread.
#pragma once

#include <chrono>

#include "engine/measure/certificate.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

class conduct_watch {
 public:
  using clock = std::chrono::steady_clock;
  explicit conduct_watch(io::executor on) : alarm_(on) {}
  conduct_watch(const conduct_watch&) = delete;
  conduct_watch& operator=(const conduct_watch&) = delete;

  void begin(own_conduct* into);  // forgets what was before
  void end();                     // the times up to now; the alarm goes on until stop()
  void stop();                    // for good
  clock::time_point began() const { return began_; }

 private:
  void arm();
  void fired();

  io::alarm alarm_;
  own_conduct* into_ = nullptr;
  clock::time_point began_, due_;
  std::chrono::system_clock::time_point began_by_system_;
  std::chrono::nanoseconds cpu_before_{0};
};

}  // namespace retort::engine
