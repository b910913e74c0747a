#include "tests/support/slow_way.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <stdexcept>

namespace retort::test {
namespace {

int made_socket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

bool waits_for(int descriptor, int timeout_ms) {
  pollfd one{descriptor, POLLIN, 0};
  return ::poll(&one, 1, timeout_ms) > 0;
}

// False at the end.
bool forward(int from, int to) {
  char bytes[16384];
  const ssize_t got = ::recv(from, bytes, sizeof bytes, 0);
  return got > 0 && ::send(to, bytes, static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
}

}  // namespace

slow_way::slow_way(std::uint16_t to, std::chrono::milliseconds delay)
    : to_(to), delay_(delay), listening_(made_socket()), over_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in at = loopback(0);
  socklen_t size = sizeof at;
  auto* const address = reinterpret_cast<sockaddr*>(&at);
  const bool listens = ::bind(listening_, address, size) == 0 && ::listen(listening_, 8) == 0 &&
                       ::getsockname(listening_, address, &size) == 0;
  if (!listens) throw std::runtime_error("no port to listen at");
  port_ = ntohs(at.sin_port);
  thread_ = std::thread([this] { run(); });
}

slow_way::~slow_way() {
  (void)::eventfd_write(over_, 1);
  thread_.join();
  ::close(listening_);
  ::close(over_);
}

void slow_way::run() {
  for (;;) {
    pollfd both[] = {{listening_, POLLIN, 0}, {over_, POLLIN, 0}};
    (void)::poll(both, 2, -1);
    if (both[1].revents != 0) return;
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = made_socket();
    const sockaddr_in at = loopback(to_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) {
      carry(client, server);
    }
    ::close(client);
    ::close(server);
  }
}

void slow_way::carry(int client, int server) const {
  for (;;) {
    pollfd all[] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {over_, POLLIN, 0}};
    (void)::poll(all, 3, -1);
    if (all[2].revents != 0) return;
    if (all[0].revents != 0 && !forward(client, server)) return;
    if (all[1].revents == 0) continue;
    if (waits_for(over_, static_cast<int>(delay_.count())) || !forward(server, client)) return;
  }
}

}  // namespace retort::test
