// Hears SIGINT, SIGTERM, SIGHUP (a closed terminal; unless it is ignored, as under nohup) and
// SIGUSR1 on a thread of its own, so that they are heard whatever the run
// is at: reading a dataset of gigabytes, waiting for a name server, completing its views.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <thread>

#include "io/base/awaitable.hpp"
#include "io/process/ending_signals.hpp"

namespace retort::engine {

class signal_watch {
 public:
  // Called on the watch's thread with the signal and how many there have been, this one included.
  // SIGUSR1 is a scheduler's warning, which may come twice by two ways (to the batch script, and by
  // it to us): it is not counted.
  using listener = std::function<void(int number, int count)>;
  // Called on it when the program is to end now, come what may: by the third signal, or when the
  // second has not ended it within the patience (what a run that works needs is milliseconds).
  using last_resort = std::function<void(int number)>;

  signal_watch(listener heard, last_resort end,
               std::chrono::milliseconds patience = std::chrono::seconds(2));
  ~signal_watch();  // from here on signals do what they do by default

 private:
  void listen();
  void hear(int number);

  listener heard_;
  last_resort end_;
  std::chrono::milliseconds patience_;
  int count_ = 0;
  boost::asio::io_context context_{1};
  io::signal_set signals_{context_.get_executor()};
  io::timer alarm_{context_.get_executor()};
  std::thread thread_;
};

}  // namespace retort::engine
