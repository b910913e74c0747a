// A text on http://127.0.0.1:PORT, for whoever looks at a program at work (Prometheus): made anew
// for each GET, one request a connection; a visitor who is slow is let go, and too many at once are
// not heard. One thread: that of the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"

namespace retort::io {

class text_page {
 public:
  // `port` 0: one that is free. errc::usage: it is taken, or not allowed.
  static result<std::unique_ptr<text_page>> open(executor on, std::uint16_t port,
                                                 std::function<std::string()> text);
  ~text_page();  // after close(), and the loop has run what that ended
  text_page(const text_page&) = delete;
  text_page& operator=(const text_page&) = delete;

  std::uint16_t port() const { return port_; }
  // Answers from now on, and keeps the loop at work.
  void begin() { accept(); }
  // Nothing of it keeps the loop at work any more.
  void close();

 private:
  struct visit;
  using acceptor = asio::basic_socket_acceptor<asio::ip::tcp, executor>;

  text_page(acceptor listening, std::uint16_t port, std::function<std::string()> text);
  void accept();
  void welcome(tcp_socket visitor);
  void answer(const std::shared_ptr<visit>& to);

  acceptor acceptor_;
  std::uint16_t port_;
  std::function<std::string()> text_;
  std::list<std::weak_ptr<visit>> visits_;
};

}  // namespace retort::io
