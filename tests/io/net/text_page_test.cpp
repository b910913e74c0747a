#include "io/net/text_page.hpp"

#include <doctest/doctest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <thread>
#include <vector>

using namespace retort;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// A page on a thread of its own: how often it was asked for is its text.
class living_page {
 public:
  living_page() {
    page_ = io::text_page::open(context_.get_executor(), 0, [this] {
              return "asked " + std::to_string(++asked_) + "\n";
            }).value();
    page_->begin();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~living_page() {
    asio::post(context_, [this] { page_->close(); });
    thread_.join();  // nothing of it keeps the loop at work
  }

  std::uint16_t port() const { return page_->port(); }

  tcp::socket connect() {
    tcp::socket made(visitors_);
    made.connect({asio::ip::address_v4::loopback(), port()});
    return made;
  }

 private:
  asio::io_context context_, visitors_;
  int asked_ = 0;
  std::unique_ptr<io::text_page> page_;
  std::thread thread_;
};

// All that comes until the other end closes.
std::string rest_of(tcp::socket& from) {
  std::string got;
  boost::system::error_code ec;
  asio::read(from, asio::dynamic_buffer(got), ec);
  return got;
}

std::string asked(living_page& page, std::string_view request) {
  tcp::socket to = page.connect();
  boost::system::error_code ignored;
  asio::write(to, asio::buffer(request.data(), request.size()), ignored);
  return rest_of(to);
}

constexpr char get[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

}  // namespace

TEST_CASE("each GET gets the text as it is then") {
  living_page page;
  CHECK(asked(page, get) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        "Content-Length: 8\r\nConnection: close\r\n\r\nasked 1\n");
  CHECK(asked(page, get).ends_with("\r\n\r\nasked 2\n"));
}

TEST_CASE("who asks for anything else, or too much, gets no text") {
  living_page page;
  CHECK(asked(page, "POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
  CHECK(asked(page, "GET /" + std::string(100'000, 'a')).find("200") == std::string::npos);
  CHECK(asked(page, get).ends_with("\r\n\r\nasked 1\n"));
}

TEST_CASE("who says nothing keeps nobody else from it, and many are not all heard") {
  living_page page;
  std::vector<tcp::socket> silent;
  for (int i = 0; i < 15; ++i) silent.push_back(page.connect());
  CHECK(asked(page, get).ends_with("asked 1\n"));
  for (int i = 0; i < 10; ++i) silent.push_back(page.connect());
  CHECK(asked(page, get).empty());
  silent.clear();
}

TEST_CASE("a port that is taken is said to be") {
  const living_page page;
  asio::io_context context;
  const auto second = io::text_page::open(context.get_executor(), page.port(), [] { return ""; });
  REQUIRE(!second);
  CHECK(second.error().code == errc::usage);
  CHECK(second.error().message ==
        "cannot listen on 127.0.0.1:" + std::to_string(page.port()) + ": Address already in use");
}
