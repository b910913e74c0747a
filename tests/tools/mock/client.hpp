// A blocking HTTP/1.1 client for one connection, of the simplest kind: it shares nothing with
// retort's client and little with the mock, and it shows how a response ended. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tools/mock/server/server.hpp"

namespace retort::test {

struct wire_response {
  int status = 0;  // 0: nothing came
  std::map<std::string, std::string> headers;
  std::string raw_body;           // as framed
  std::string body;               // chunks joined
  bool whole = false;             // all that was announced has come
  boost::system::error_code end;  // why reading ended when it is not whole
};

class mock_client {
 public:
  explicit mock_client(const mock::server& server);
  ~mock_client();

  // TLS, if the server speaks it; verifies the certificate for `host`. post() and get() do it with
  // "127.0.0.1" when it has not been done.
  boost::system::error_code handshake(const std::string& host);
  bool resumed();
  // To give to another client, after a response: TLS 1.3 sends tickets late. Borrowed.
  SSL_SESSION* session();
  void resume(SSL_SESSION* session);

  wire_response post(std::string_view body, std::string_view more_headers = "",
                     std::string_view path = "/v1/chat/completions");
  wire_response get(std::string_view path);
  wire_response ask(std::string_view prompt);  // a chat request and its response
  wire_response exchange(const std::string& raw);

  void send(std::string_view raw);
  void send_chat(std::string_view prompt, bool stream = false);
  // Reads until the response is whole, the connection ends or `enough` bytes of body have come.
  wire_response receive(std::size_t enough = std::string::npos);
  // Whether the connection has neither data to read nor come to its end.
  bool is_silent();
  // The end of the connection, seen by reading once more.
  boost::system::error_code read_end();

 private:
  std::size_t read_some(char* data, std::size_t size, boost::system::error_code& failed);
  void ensure_handshake();

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> stream_;
  bool plain_;
  bool ready_ = false;
  SSL_SESSION* resumed_from_ = nullptr;
};

// {"model":"m","messages":[{"role":"user","content":PROMPT}]}, and "stream":true
std::string chat_body(std::string_view prompt, bool stream = false);

// choices[0].message.content; "" when the text is no chat completion.
std::string answer_in(std::string_view body);

// A server that is expected to start.
std::unique_ptr<mock::server> start_mock(const mock::options& chosen);

// The same, with plain http.
std::unique_ptr<mock::server> start_plain(mock::options chosen = {});

}  // namespace retort::test
