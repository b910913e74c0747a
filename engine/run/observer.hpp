// What can be seen of a run at work: how far it is, and what it waits for. Shows both, and lets the
// ledger know what is to be expected. The engine's thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "engine/run/bottleneck.hpp"
#include "engine/run/diagnosis.hpp"
#include "engine/run/run_parts.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

class observer {
 public:
  explicit observer(run_parts* of) : of_(*of) {}  // which outlives it

  // Where it shows itself, if it was asked to. Before prepare(). Errors as metrics_outlet::open()
  // has them.
  result<void> open_metrics();
  void begin();
  void end();
  void show_last();  // and is done with the display
  progress_snapshot snapshot();
  std::string bound_by() const { return bottleneck_.summary(); }

 private:
  using time_point = std::chrono::steady_clock::time_point;
  std::optional<double> spent() const;
  double cpu_share(time_point now);
  symptoms look(time_point now);
  void look_at_gates(symptoms& seen);
  void watch();
  void tick();
  void give_sign();
  void keep_account();
  void keep_waiting(time_point now);

  run_parts& of_;
  io::alarm ticker_{of_.context.get_executor()};
  io::alarm watcher_{of_.context.get_executor()};
  io::alarm signer_{of_.context.get_executor()};
  io::alarm accountant_{of_.context.get_executor()};
  time_point began_ = std::chrono::steady_clock::now();
  progress_snapshot shown_;
  bottleneck bottleneck_;
  std::string_view bound_by_;
  time_point looked_ = began_;
  std::chrono::nanoseconds cpu_seen_{0};
};

}  // namespace retort::engine
