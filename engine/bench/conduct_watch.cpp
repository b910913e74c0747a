#include "engine/bench/conduct_watch.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace retort::engine {
namespace {

constexpr std::chrono::milliseconds beat{5};

std::chrono::nanoseconds time_of(const timeval& of) {
  return std::chrono::seconds(of.tv_sec) + std::chrono::microseconds(of.tv_usec);
}

std::chrono::nanoseconds cpu_of_thread() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  return time_of(used.ru_utime) + time_of(used.ru_stime);
}

}  // namespace

void conduct_watch::begin(own_conduct* into) {
  into_ = into;
  into_->loop_lag = {};
  cpu_before_ = cpu_of_thread();
  began_ = clock::now();
  began_by_system_ = std::chrono::system_clock::now();
  arm();
}

void conduct_watch::arm() {
  due_ = clock::now() + beat;
  alarm_.set(due_, [this] { fired(); });
}

void conduct_watch::fired() {
  into_->loop_lag.add(static_cast<double>(std::chrono::nanoseconds(clock::now() - due_).count()));
  arm();
}

void conduct_watch::end() {
  if (!into_) return;
  into_->steady = clock::now() - began_;
  into_->system = std::chrono::system_clock::now() - began_by_system_;
  into_->cpu = cpu_of_thread() - cpu_before_;
}

void conduct_watch::stop() { alarm_.cancel(); }

}  // namespace retort::engine
