#include "engine/run/signal_watch.hpp"

#include <csignal>
#include <utility>

namespace retort::engine {

signal_watch::signal_watch(listener heard, last_resort end, std::chrono::milliseconds patience)
    : heard_(std::move(heard)), end_(std::move(end)), patience_(patience) {
  io::add_ending_signals(signals_);
  signals_.add(SIGUSR1);
  listen();
  thread_ = std::thread([this] { context_.run(); });
}

signal_watch::~signal_watch() {
  context_.stop();
  thread_.join();
}

void signal_watch::listen() {
  signals_.async_wait([this](const boost::system::error_code& ec, int number) {
    if (!ec) hear(number);
  });
}

void signal_watch::hear(int number) {
  listen();
  if (number == SIGUSR1) return heard_(number, count_);
  if (number == SIGHUP && count_ > 0) return;  // from the terminal and from its shell
  ++count_;
  if (count_ > 2) return end_(number);
  heard_(number, count_);
  if (count_ < 2) return;
  alarm_.expires_after(patience_);
  alarm_.async_wait([this, number](const boost::system::error_code& ec) {
    if (!ec) end_(number);
  });
}

}  // namespace retort::engine
