// A mutex that knows what it guards: clang (-Wthread-safety, an error) refuses a look at a member
// that is RETORT_GUARDED_BY it without a lock, and a call of what RETORT_REQUIRES it. To GCC they
// are std::mutex and std::unique_lock. The attributes are clang's, "Thread Safety Analysis" in its
// manual.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define RETORT_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define RETORT_THREAD_SAFETY(attribute)
#endif
#define RETORT_GUARDED_BY(mutex) RETORT_THREAD_SAFETY(guarded_by(mutex))
#define RETORT_REQUIRES(mutex) RETORT_THREAD_SAFETY(requires_capability(mutex))

namespace retort::io {

class RETORT_THREAD_SAFETY(capability("mutex")) mutex {
 public:
  mutex() = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;

 private:
  friend class lock;
  std::mutex mutex_;
};

// Held as long as it lives. What waits for a condition looks at it in a loop around wait().
class RETORT_THREAD_SAFETY(scoped_lockable) lock {
 public:
  explicit lock(mutex& of) RETORT_THREAD_SAFETY(acquire_capability(of)) : held_(of.mutex_) {}
  ~lock() RETORT_THREAD_SAFETY(release_capability()) = default;
  lock(const lock&) = delete;
  lock& operator=(const lock&) = delete;

  void wait(std::condition_variable& news) { news.wait(held_); }
  // False when the time is over.
  bool wait_until(std::condition_variable& news, std::chrono::steady_clock::time_point end) {
    return news.wait_until(held_, end) == std::cv_status::no_timeout;
  }

 private:
  std::unique_lock<std::mutex> held_;
};

}  // namespace retort::io
