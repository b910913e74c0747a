#include "engine/bench/send_loop.hpp"

#include <utility>

namespace retort::engine {
namespace {

result<std::unique_ptr<endpoint>> same_on(const endpoint& like, io::executor on) {
  auto client = io::http_client::make(on, like.client->endpoint());
  if (!client) return client.error();
  endpoint_config at;
  at.base_url = like.name;
  return std::make_unique<endpoint>(*like.model, at, like.dialect, like.key, std::move(*client));
}

}  // namespace

result<std::unique_ptr<send_loop>> send_loop::make(const endpoint_list& like) {
  std::unique_ptr<send_loop> made(new send_loop);
  for (const auto& one : like) {
    auto same = same_on(*one, made->on());
    if (!same) return same.error();
    made->endpoints_.push_back(std::move(*same));
  }
  made->thread_ = std::jthread([self = made.get()] { self->run(); });
  return made;
}

// What is thrown ends the requests, but not the loop: each must come to its end, which the main one
// waits for.
void send_loop::run() {
  for (bool is_over = false; !is_over;) {
    try {
      context_.run();
      is_over = true;
    } catch (...) {
      unexpected_ = std::current_exception();
      stop_clients();
    }
  }
}

void send_loop::stop_clients() {
  for (const auto& one : endpoints_) one->client->stop();
}

void send_loop::stop() {
  io::asio::post(context_, [this] { stop_clients(); });
}

std::exception_ptr send_loop::end() {
  if (!thread_.joinable()) return unexpected_;
  stop();
  stays_.reset();
  thread_.join();
  return unexpected_;
}

}  // namespace retort::engine
