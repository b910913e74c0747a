// Lets so many be served at once; the others wait for their turn, first come, first served. Knows
// neither what serving is nor how to wake anybody. One thread.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>

namespace retort::mock {

class turnstile {
 public:
  // One who waits. Leaves the queue when destroyed.
  struct waiter : boost::intrusive::list_base_hook<
                      boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    bool called = false;  // is being served
  };

  // 0: room for all.
  explicit turnstile(std::uint64_t capacity) : capacity_(capacity) {}

  bool bounded() const { return capacity_ > 0; }
  // True, and `who` is called, when there is room; else it is in the queue, which must outlive it.
  bool enter(waiter& who);
  // One of those who were called is done; the one called in its place, or null.
  waiter* leave();

 private:
  using queue = boost::intrusive::list<waiter, boost::intrusive::constant_time_size<false>>;

  std::uint64_t capacity_;
  std::uint64_t serving_ = 0;
  queue queue_;
};

}  // namespace retort::mock
