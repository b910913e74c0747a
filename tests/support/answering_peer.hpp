// A plain HTTP server on loopback whose answers a test makes: one function from a request to its
// response. It runs on the io_context of those it talks to, so that nothing happens but in the
// order in which the test steps. One thread.
#pragma once

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/base/awaitable.hpp"
#include "io/base/json_writer.hpp"

namespace retort::test {

struct http_request {
  std::string head;  // request line and fields
  std::string body;
};

// A whole response; `headers` are further lines, each with its CRLF.
inline std::string http_answer(int status, std::string_view body, std::string_view headers = "") {
  return fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(),
                     headers, body);
}

// A good answer of the OpenAI dialect.
inline std::string completion_answer(std::string_view text) {
  std::string content;
  io::append_json_string(content, text);
  return http_answer(200,
                     fmt::format(R"({{"model":"m-2024","choices":[{{"message":{{"content":{}}},)"
                                 R"("finish_reason":"stop"}}],)"
                                 R"("usage":{{"prompt_tokens":5,"completion_tokens":3}}}})",
                                 content));
}

class answering_peer {
 public:
  // Nothing: the request waits until release(), and is then asked about again. An empty text: the
  // connection is closed.
  using answer = std::function<std::optional<std::string>(const http_request&)>;

  answering_peer(io::executor on, answer how)
      : how_(std::move(how)), door_(on, {io::asio::ip::address_v4::loopback(), 0}) {
    io::asio::co_spawn(on, welcome(this), io::asio::detached);
  }

  std::string base_url() const {
    return fmt::format("http://127.0.0.1:{}/v1", door_.local_endpoint().port());
  }
  // Those that came whole, in their order.
  const std::vector<http_request>& requests() const { return requests_; }
  void release() { waiting_.call_all(); }

 private:
  using tcp = io::asio::ip::tcp;

  static io::awaitable<> welcome(answering_peer* self) {
    for (;;) {
      boost::system::error_code ec;
      io::tcp_socket guest(self->door_.get_executor());
      co_await self->door_.async_accept(guest, io::asio::redirect_error(io::use_awaitable, ec));
      if (ec) break;
      io::asio::co_spawn(self->door_.get_executor(), serve(self, std::move(guest)),
                         io::asio::detached);
    }
  }

  static io::awaitable<> serve(answering_peer* self, io::tcp_socket guest) {
    boost::system::error_code ec;
    for (std::string bytes;;) {
      auto asked = co_await read_request(&guest, &bytes);
      if (!asked) break;
      self->requests_.push_back(*asked);
      auto response = self->how_(*asked);
      while (!response) {
        co_await io::wait_in(&self->waiting_);
        response = self->how_(*asked);
      }
      if (response->empty()) break;
      const auto buffer = io::asio::buffer(*response);
      co_await io::asio::async_write(guest, buffer,
                                     io::asio::redirect_error(io::use_awaitable, ec));
    }
  }

  // Nothing when the client has gone away. `bytes`: what came and was not used yet.
  static io::awaitable<std::optional<http_request>> read_request(io::tcp_socket* from,
                                                                 std::string* bytes) {
    boost::system::error_code ec;
    auto buffer = io::asio::dynamic_buffer(*bytes);
    const std::size_t head = co_await io::asio::async_read_until(
        *from, buffer, "\r\n\r\n", io::asio::redirect_error(io::use_awaitable, ec));
    if (ec) co_return std::nullopt;
    const std::size_t whole = head + content_length(std::string_view(*bytes).substr(0, head));
    const auto missing = io::asio::transfer_exactly(whole - std::min(whole, bytes->size()));
    co_await io::asio::async_read(*from, buffer, missing,
                                  io::asio::redirect_error(io::use_awaitable, ec));
    if (ec) co_return std::nullopt;
    http_request asked;
    asked.head = bytes->substr(0, head);
    asked.body = bytes->substr(head, whole - head);
    bytes->erase(0, whole);
    co_return asked;
  }

  static std::size_t content_length(std::string_view head) {
    constexpr std::string_view name = "Content-Length: ";
    const std::size_t at = head.find(name);
    return at == std::string_view::npos ? 0
                                        : std::stoul(std::string(head.substr(at + name.size())));
  }

  answer how_;
  io::asio::basic_socket_acceptor<tcp, io::executor> door_;
  std::vector<http_request> requests_;
  io::waiting_room waiting_;
};

}  // namespace retort::test
