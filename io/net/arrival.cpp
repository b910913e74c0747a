#include "io/net/arrival.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstring>
#include <ctime>
#include <optional>
#include <utility>

#include "io/net/tcp_facts.hpp"

namespace retort::io {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

// A packet that was lost costs more than that; what was read so soon need not be looked into.
constexpr std::chrono::milliseconds soon{1};
// How far apart two clocks run between two reads; what is more is a clock that was set.
constexpr std::chrono::milliseconds most_drift{5};

nanoseconds time_of(const timespec& of) {
  return std::chrono::seconds(of.tv_sec) + nanoseconds(of.tv_nsec);
}

// The stamp is of the system's clock: how long ago that was. Nothing where it was set since.
std::optional<nanoseconds> age_of(const timespec& stamp, clock::time_point now) {
  static thread_local nanoseconds apart{0};
  timespec by_system{};
  ::clock_gettime(CLOCK_REALTIME, &by_system);
  const nanoseconds before =
      std::exchange(apart, time_of(by_system) - nanoseconds(now.time_since_epoch()));
  if (std::chrono::abs(apart - before) > most_drift) return std::nullopt;
  const nanoseconds age = time_of(by_system) - time_of(stamp);
  return age < nanoseconds(0) ? std::nullopt : std::optional(age);
}

// Since it was last asked.
bool came_in_order(int socket, arrival_stamps& stamps) {
  const auto now = packets_out_of_order(socket);
  return now && std::exchange(stamps.out_of_order, *now) == *now;
}

std::optional<timespec> stamp_in(const msghdr& message) {
  const cmsghdr* const told = CMSG_FIRSTHDR(&message);
  if (!told || told->cmsg_level != SOL_SOCKET || told->cmsg_type != SCM_TIMESTAMPNS) return {};
  timespec out{};
  std::memcpy(&out, CMSG_DATA(told), sizeof out);
  return out;
}

}  // namespace

arrival_stamps stamp_arrivals(int socket) {
  const int on = 1;
  return {::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0};
}

ssize_t receive_stamped(int socket, char* into, std::size_t size, arrival_stamps& stamps) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
  iovec piece{into, size};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t got = ::recvmsg(socket, &message, 0);
  if (got <= 0) return got;
  stamps.last = clock::now();
  const auto stamp = stamp_in(message);
  const auto age = stamp ? age_of(*stamp, stamps.last) : std::nullopt;
  if (age && (*age < soon || came_in_order(socket, stamps))) stamps.last -= *age;
  return got;
}

}  // namespace retort::io
