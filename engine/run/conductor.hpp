// A run at work: its loop, its early ends, its signals. The engine's thread, but for what the
// signals' own thread calls.
#pragma once

#include <atomic>
#include <exception>
#include <utility>
#include <vector>

#include "engine/run/drain.hpp"
#include "engine/run/observer.hpp"
#include "engine/run/run_parts.hpp"
#include "engine/run/signal_watch.hpp"
#include "io/base/mutex.hpp"

namespace retort::engine {

class conductor {
 public:
  // prepare() puts the places of servers into `what`.
  conductor(config* what, const run_options& options) : what_(what), of_(*what, options) {}

  result<void> prepare();  // one clear error, and nothing has been sent
  result<run_summary> perform();

 private:
  result<void> find_places();
  void stop(exit_status status, const std::string& reason);
  void stop_for(std::exception_ptr unexpected);
  void stop_at_once();
  void work();
  void run_loop();
  void wind_up();

  enum phase { preparing, working, closing };
  bool begin(phase next);
  void on_signal(int number, int count);
  void on_signal_at_work(int number, int count);
  void on_first_signal(int number);
  void on_end_behind_warning(int number);
  void give_grace(const drain& left);
  [[noreturn]] void end_now(int number) const;

  config* what_;
  run_parts of_;
  io::mutex phase_mutex_;
  phase phase_ RETORT_GUARDED_BY(phase_mutex_) = preparing;
  std::atomic<int> signal_ = 0;  // the first
  std::atomic<bool> hurry_ = false;
  io::timer grace_{of_.context.get_executor()};
  stop_cause cause_ = stop_cause::own;
  io::timer start_{of_.context.get_executor()};  // of a shard's first record
  observer seen_{&of_};

  // The last member: it ends first, and hears from the first step on.
  signal_watch watch_{[this](int number, int count) { on_signal(number, count); },
                      [this](int number) { end_now(number); }};
};

}  // namespace retort::engine
