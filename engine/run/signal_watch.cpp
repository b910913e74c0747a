#include "engine/run/signal_watch.hpp"

#include <csignal>
#include <utility>

namespace retort::engine {
namespace {

// What a run that works needs to stop at once is milliseconds.
constexpr std::chrono::seconds patience_after_second{2};

}  // namespace

signal_watch::signal_watch(listener heard, last_resort end)
    : heard_(std::move(heard)), end_(std::move(end)) {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
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
  ++count_;
  if (count_ > 2) return end_(number);
  heard_(number, count_);
  if (count_ < 2) return;
  patience_.expires_after(patience_after_second);
  patience_.async_wait([this, number](const boost::system::error_code& ec) {
    if (!ec) end_(number);
  });
}

const char* name_of_signal(int number) { return number == SIGINT ? "SIGINT" : "SIGTERM"; }

}  // namespace retort::engine
