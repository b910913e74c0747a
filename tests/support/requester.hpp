// An HTTP client with an event loop of its own, for tests that say what to send and look at what
// came back. It runs only inside finish() and post(). One thread, but for stop_soon().
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "io/http/http_client.hpp"

namespace retort::test {

struct started_request {
  io::http_request asked;
  io::http_client::clock::time_point deadline;
  io::body_sink* sink = nullptr;
  std::optional<result<io::http_response>> outcome;
};

inline io::awaitable<> carry(io::http_client* client, started_request* one) {
  auto got = co_await io::exchange(client, &one->asked, one->deadline, one->sink);
  one->outcome = std::move(got);
}

class requester {
 public:
  using outcome = result<io::http_response>;
  using request = started_request;

  explicit requester(io::http_endpoint to)
      : client_(io::http_client::make(context_.get_executor(), std::move(to)).value()) {}
  ~requester() {
    client_->stop();
    context_.restart();
    context_.run();
  }

  // Begins a request; finish() carries it, and all others, until this one has its outcome.
  request& start(std::string_view body,
                 std::chrono::milliseconds timeout = std::chrono::seconds(30),
                 io::body_sink* sink = nullptr) {
    const auto deadline = io::http_client::clock::now() + timeout;
    request& made =
        requests_.emplace_back(request{client_->request(std::string(body)), deadline, sink, {}});
    io::asio::co_spawn(context_, carry(client_.get(), &made), io::asio::detached);
    return made;
  }

  const outcome& finish(request& one) {
    context_.restart();
    while (!one.outcome) {
      if (context_.run_one() == 0) throw std::logic_error("the request is lost");
    }
    return *one.outcome;
  }

  const outcome& post(std::string_view body,
                      std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
    return finish(start(body, timeout));
  }

  // Stops the client from any thread, once finish() or post() runs.
  void stop_soon() {
    io::asio::post(context_, [this] { client_->stop(); });
  }

  io::http_counters counters() const { return client_->counters(); }
  bool answers_unasked() const { return client_->answers_unasked(); }

 private:
  io::asio::io_context context_{1};
  std::unique_ptr<io::http_client> client_;
  std::deque<request> requests_;
};

}  // namespace retort::test
