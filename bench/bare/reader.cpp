// What bench/paced holds retort against: as many streams, read by nothing but epoll_wait and recv,
// and their events counted. Arguments: port, streams, how often each. Prints the events, and the
// microseconds of CPU that each took, user and system.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view body =
    R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hello"}]})";

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(2);
}

void ask(int socket) {
  const std::string request =
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  if (::send(socket, request.data(), request.size(), 0) != static_cast<ssize_t>(request.size())) {
    fail("send");
  }
}

int connected(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
  return socket;
}

double seconds(const timeval& of) {
  return static_cast<double>(of.tv_sec) + static_cast<double>(of.tv_usec) / 1e6;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
  const auto port = static_cast<std::uint16_t>(std::atoi(words[1]));
  const int streams = std::atoi(words[2]), times = std::atoi(words[3]);
  const int ready = ::epoll_create1(0);
  for (int i = 0; i < streams; ++i) {
    epoll_event one{.events = EPOLLIN | EPOLLET, .data = {.fd = connected(port)}};
    if (::epoll_ctl(ready, EPOLL_CTL_ADD, one.data.fd, &one) != 0) fail("epoll_ctl");
    ask(one.data.fd);
  }
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  std::array<char, 65536> piece;
  std::array<epoll_event, 512> events;
  long seen = 0;
  for (int left = streams * times; left > 0;) {
    const int some = ::epoll_wait(ready, events.data(), events.size(), 5000);
    if (some <= 0) fail("epoll_wait");
    for (int i = 0; i < some; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      const ssize_t got = ::recv(socket, piece.data(), piece.size(), MSG_DONTWAIT);
      if (got == 0) fail("the server closed");
      if (got < 0) continue;
      const std::string_view text(piece.data(), static_cast<std::size_t>(got));
      for (auto at = text.find("data: "); at != text.npos; at = text.find("data: ", at + 6)) {
        if (text.substr(at, 12) != "data: [DONE]") {
          ++seen;
        } else if (--left >= streams) {
          ask(socket);
        }
      }
    }
  }
  ::getrusage(RUSAGE_SELF, &after);
  const double user = seconds(after.ru_utime) - seconds(before.ru_utime);
  const double system = seconds(after.ru_stime) - seconds(before.ru_stime);
  std::printf("%ld %.3f %.3f\n", seen, user / static_cast<double>(seen) * 1e6,
              system / static_cast<double>(seen) * 1e6);
}
