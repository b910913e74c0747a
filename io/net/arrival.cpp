#include "io/net/arrival.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstring>
#include <ctime>

namespace retort::io {
namespace {

using std::chrono::nanoseconds;

// The stamp is of the system's clock, which others may set: it is told by how long ago it was.
nanoseconds since(const timespec& stamp) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const nanoseconds past =
      std::chrono::seconds(now.tv_sec - stamp.tv_sec) + nanoseconds(now.tv_nsec - stamp.tv_nsec);
  return std::max(past, nanoseconds(0));
}

}  // namespace

bool stamp_arrivals(int socket) {
  const int on = 1;
  return ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0;
}

ssize_t receive_stamped(int socket, char* into, std::size_t size,
                        std::chrono::steady_clock::time_point* arrived) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
  iovec piece{into, size};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t got = ::recvmsg(socket, &message, 0);
  if (got <= 0) return got;
  *arrived = std::chrono::steady_clock::now();
  const cmsghdr* const told = CMSG_FIRSTHDR(&message);
  if (told && told->cmsg_level == SOL_SOCKET && told->cmsg_type == SCM_TIMESTAMPNS) {
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(told), sizeof stamp);
    *arrived -= since(stamp);
  }
  return got;
}

}  // namespace retort::io
