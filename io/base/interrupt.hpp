// Ends a thread's wait for bytes that may never come (an idle pipe, a terminal) by order of another
// thread. Any thread.
#pragma once

namespace retort::io {

class interrupt {
 public:
  interrupt();
  ~interrupt();
  interrupt(const interrupt&) = delete;
  interrupt& operator=(const interrupt&) = delete;

  void raise();  // for good
  // Waits until `descriptor` has bytes to read, an end or an error. False once raised.
  bool wait_readable(int descriptor) const;
  bool wait_writable(int descriptor) const;  // the same for room, or nobody who would read
  bool is_raised() const;

 private:
  bool wait_for(int descriptor, short events) const;

  int event_;  // readable once raised; -1 when the system had no descriptor left: it stays silent
};

}  // namespace retort::io
