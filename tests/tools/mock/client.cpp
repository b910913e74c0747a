#include "tests/tools/mock/client.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>

#include <simdjson.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>

#include "io/base/json_writer.hpp"

namespace retort::test {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string post_request(std::string_view body, std::string_view more_headers,
                         std::string_view path) {
  return fmt::format("POST {} HTTP/1.1\r\nhost: mock\r\n{}content-length: {}\r\n\r\n{}", path,
                     more_headers, body.size(), body);
}

void read_head(std::string_view head, wire_response& response) {
  response.status = std::stoi(std::string(head.substr(head.find(' ') + 1)));
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size()) {
    const std::size_t end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    const std::size_t colon = line.find(": ");
    response.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
    at = end + 2;
  }
}

// Joins the chunks that are there; true when the last one is.
bool read_chunks(std::string_view raw, std::string& body) {
  body.clear();
  while (true) {
    const std::size_t line = raw.find("\r\n");
    if (line == std::string_view::npos) return false;
    const std::size_t size = std::stoul(std::string(raw.substr(0, line)), nullptr, 16);
    raw.remove_prefix(line + 2);
    if (size == 0) return raw == "\r\n";
    if (raw.size() < size + 2) return false;
    body += raw.substr(0, size);
    raw.remove_prefix(size + 2);
  }
}

// Takes what has come so far for a response.
void read_response(std::string_view raw, wire_response& response) {
  const std::size_t head = raw.find("\r\n\r\n");
  if (head == std::string_view::npos) return;
  if (response.status == 0) read_head(raw.substr(0, head + 2), response);
  response.raw_body = raw.substr(head + 4);
  if (response.headers.contains("transfer-encoding")) {
    response.whole = read_chunks(response.raw_body, response.body);
  } else {
    response.body = response.raw_body;
    response.whole = response.body.size() == std::stoul(response.headers.at("content-length"));
  }
}

}  // namespace

mock_client::mock_client(const mock::server& server)
    : socket_(context_), plain_(server.ca_pem().empty()) {
  socket_.connect({asio::ip::address_v4::loopback(), server.port()});
  if (!plain_) tls_.add_certificate_authority(asio::buffer(server.ca_pem()));
}

mock_client::~mock_client() {
  if (resumed_from_ != nullptr) SSL_SESSION_free(resumed_from_);
}

void mock_client::resume(SSL_SESSION* session) {
  SSL_SESSION_up_ref(session);
  resumed_from_ = session;
}

error_code mock_client::handshake(const std::string& host) {
  error_code failed;
  ready_ = true;
  if (plain_) return failed;
  stream_.emplace(socket_, tls_);
  stream_->set_verify_mode(asio::ssl::verify_peer);
  stream_->set_verify_callback(asio::ssl::host_name_verification(host));
  if (resumed_from_ != nullptr) SSL_set_session(stream_->native_handle(), resumed_from_);
  stream_->handshake(asio::ssl::stream_base::client, failed);
  return failed;
}

bool mock_client::resumed() { return SSL_session_reused(stream_->native_handle()) == 1; }

SSL_SESSION* mock_client::session() { return SSL_get_session(stream_->native_handle()); }

wire_response mock_client::post(std::string_view body, std::string_view more_headers,
                                std::string_view path) {
  return exchange(post_request(body, more_headers, path));
}

wire_response mock_client::get(std::string_view path) {
  return exchange("GET " + std::string(path) + " HTTP/1.1\r\nhost: mock\r\n\r\n");
}

wire_response mock_client::ask(std::string_view prompt) {
  send_chat(prompt);
  return receive();
}

void mock_client::send_chat(std::string_view prompt, bool stream) {
  send(post_request(chat_body(prompt, stream), "", "/v1/chat/completions"));
}

wire_response mock_client::exchange(const std::string& raw) {
  send(raw);
  return receive();
}

void mock_client::ensure_handshake() {
  if (!ready_) REQUIRE_FALSE(handshake("127.0.0.1").failed());
}

void mock_client::send(std::string_view raw) {
  ensure_handshake();
  error_code ignored;  // the reading will tell
  if (plain_) {
    asio::write(socket_, asio::buffer(raw), ignored);
  } else {
    asio::write(*stream_, asio::buffer(raw), ignored);
  }
}

std::size_t mock_client::read_some(char* data, std::size_t size, error_code& failed) {
  if (plain_) return socket_.read_some(asio::buffer(data, size), failed);
  return stream_->read_some(asio::buffer(data, size), failed);
}

wire_response mock_client::receive(std::size_t enough) {
  wire_response response;
  std::string raw;
  char buffer[4096];
  while (!response.whole && !response.end && response.raw_body.size() < enough) {
    const std::size_t size = read_some(buffer, sizeof buffer, response.end);
    raw.append(buffer, size);
    read_response(raw, response);
  }
  return response;
}

bool mock_client::is_silent() {
  pollfd watched{socket_.native_handle(), POLLIN, 0};
  return poll(&watched, 1, 20) == 0;
}

error_code mock_client::read_end() {
  error_code failed;
  char byte;
  read_some(&byte, 1, failed);
  return failed;
}

std::string chat_body(std::string_view prompt, bool stream) {
  std::string body = R"({"model":"m","messages":[{"role":"user","content":)";
  io::append_json_string(body, prompt);
  return body + (stream ? R"(}],"stream":true})" : "}]}");
}

std::string answer_in(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view content;
  if (parser.parse(body.data(), body.size()).get(root)) return "";
  if (root.at_pointer("/choices/0/message/content").get(content)) return "";
  return std::string(content);
}

std::unique_ptr<mock::server> start_mock(const mock::options& chosen) {
  auto started = mock::server::start(chosen);
  REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error().message));
  return std::move(*started);
}

std::unique_ptr<mock::server> start_plain(mock::options chosen) {
  chosen.plain = true;
  return start_mock(chosen);
}

}  // namespace retort::test
