#include "engine/where/jq_watch.hpp"

#include <pthread.h>

#include <chrono>

namespace retort::engine {
namespace {

constexpr std::int64_t most_ns = 500'000'000;
constexpr std::chrono::milliseconds between_looks(50);

std::int64_t now_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

clockid_t own_clock() {
  clockid_t clock{};
  ::pthread_getcpuclockid(::pthread_self(), &clock);
  return clock;
}

}  // namespace

jq_watch::~jq_watch() {
  std::thread looking;
  {
    const io::lock held(mutex_);
    leaving_ = true;
    looking.swap(thread_);
  }
  changed_.notify_one();
  if (looking.joinable()) looking.join();
}

std::list<jq_running>::iterator jq_watch::begin(jq_state* program) {
  thread_local const clockid_t clock = own_clock();
  const io::lock held(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { look(); });
  return running_.insert(running_.end(), {program, clock, now_of(clock)});
}

void jq_watch::end(std::list<jq_running>::iterator place) {
  const io::lock held(mutex_);
  running_.erase(place);
}

void jq_watch::look() {
  io::lock held(mutex_);
  while (!leaving_) {
    held.wait_until(changed_, std::chrono::steady_clock::now() + between_looks);
    for (const jq_running& one : running_) {
      const bool is_over = now_of(one.clock) - one.from_ns > most_ns;
      if (is_over && !jq_halted(one.program)) jq_halt(one.program, jv_false(), jv_invalid());
    }
  }
}

}  // namespace retort::engine
