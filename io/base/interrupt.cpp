#include "io/base/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace retort::io {

interrupt::interrupt() : event_(::eventfd(0, EFD_CLOEXEC)) {}

interrupt::~interrupt() {
  if (event_ >= 0) ::close(event_);
}

void interrupt::raise() {
  if (event_ >= 0) ::eventfd_write(event_, 1);
}

bool interrupt::wait_readable(int descriptor) const { return wait_for(descriptor, POLLIN); }

bool interrupt::wait_writable(int descriptor) const { return wait_for(descriptor, POLLOUT); }

bool interrupt::is_raised() const {
  pollfd raised{event_, POLLIN, 0};
  return event_ >= 0 && ::poll(&raised, 1, 0) > 0;
}

bool interrupt::wait_for(int descriptor, short events) const {
  pollfd waited[] = {{event_, POLLIN, 0}, {descriptor, events, 0}};
  while (::poll(waited, 2, -1) < 0 && errno == EINTR) continue;
  return waited[0].revents == 0;
}

}  // namespace retort::io
