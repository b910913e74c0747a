#include "io/net/text_page.hpp"

#include <fmt/format.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <chrono>

namespace retort::io {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

constexpr std::size_t most_visits = 16, most_request_bytes = 8192;
constexpr std::chrono::seconds patience{5};

// The exposition format's own type; any reader of text takes it too.
constexpr char type[] = "text/plain; version=0.0.4; charset=utf-8";

constexpr char not_allowed[] =
    "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 0\r\nConnection: "
    "close\r\n\r\n";

std::string response_with(const std::string& text) {
  return fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      type, text.size(), text);
}

error cannot_listen(std::uint16_t port, const error_code& why) {
  return {errc::usage, fmt::format("cannot listen on 127.0.0.1:{}: {}", port, why.message())};
}

}  // namespace

// Closed by its end, by its time, or by the page's.
struct text_page::visit {
  explicit visit(tcp_socket from)
      : socket(std::move(from)), alarm(socket.get_executor()), request(most_request_bytes) {}

  void end() {
    error_code ignored;
    alarm.cancel();
    socket.close(ignored);
  }

  tcp_socket socket;
  timer alarm;
  asio::basic_streambuf<> request;
  std::string response;
};

text_page::text_page(acceptor listening, std::uint16_t port, std::function<std::string()> text)
    : acceptor_(std::move(listening)), port_(port), text_(std::move(text)) {}

text_page::~text_page() { close(); }

result<std::unique_ptr<text_page>> text_page::open(executor on, std::uint16_t port,
                                                   std::function<std::string()> text) {
  error_code ec;
  acceptor listening(on);
  const ip::tcp::endpoint where(ip::address_v4::loopback(), port);
  listening.open(where.protocol(), ec);
  if (!ec) listening.set_option(ip::tcp::acceptor::reuse_address(true), ec);
  if (!ec) listening.bind(where, ec);
  if (!ec) listening.listen(asio::socket_base::max_listen_connections, ec);
  const auto bound = ec ? where : listening.local_endpoint(ec);
  if (ec) return cannot_listen(port, ec);
  return std::unique_ptr<text_page>(
      new text_page(std::move(listening), bound.port(), std::move(text)));
}

void text_page::close() {
  error_code ignored;
  acceptor_.close(ignored);
  for (const auto& one : visits_) {
    if (const auto open = one.lock()) open->end();
  }
  visits_.clear();
}

void text_page::accept() {
  acceptor_.async_accept([this](const error_code& ec, tcp_socket visitor) {
    if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor) return;
    if (!ec) welcome(std::move(visitor));
    accept();
  });
}

void text_page::welcome(tcp_socket visitor) {
  visits_.remove_if([](const auto& one) { return one.expired(); });
  if (visits_.size() >= most_visits) return;
  const auto here = std::make_shared<visit>(std::move(visitor));
  visits_.push_back(here);
  here->alarm.expires_after(patience);
  here->alarm.async_wait([here](const error_code& ec) {
    if (!ec) here->end();
  });
  asio::async_read_until(
      here->socket, here->request, "\r\n\r\n",
      [this, here](const error_code& ec, std::size_t) { ec ? here->end() : answer(here); });
}

void text_page::answer(const std::shared_ptr<visit>& to) {
  const auto asked = to->request.data();
  const std::string_view head(static_cast<const char*>(asked.data()), asked.size());
  to->response = head.starts_with("GET ") ? response_with(text_()) : not_allowed;
  asio::async_write(to->socket, asio::buffer(to->response), [to](const error_code&, std::size_t) {
    error_code ignored;
    to->socket.shutdown(tcp_socket::shutdown_send, ignored);
    to->end();
  });
}

}  // namespace retort::io
