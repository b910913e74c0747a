// A server's own metrics, asked for beside a trial on a connection of their own. One thread: the
// loop's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/witness/server_metrics.hpp"
#include "io/base/awaitable.hpp"
#include "io/http/http_client.hpp"

namespace retort::engine {

// How long to wait before the so-manyth sample: short trials have some, long ones hardly cost a
// server anything. Pure.
std::chrono::milliseconds pause_before_sample(std::uint64_t number);

class server_watch {
 public:
  // `beside`: the endpoint's own client, whose trust, proxy and headers (the key) are used where
  // `address` is of the same server; nobody else is sent a key. "": /metrics of its server.
  // errc::usage for an address that is none.
  static result<std::unique_ptr<server_watch>> make(io::executor on, const io::http_client& beside,
                                                    const std::string& address);

  const std::string& address() const { return address_; }
  // Why there was nothing the last time; "": there was.
  const std::string& problem() const { return problem_; }

  // Samples into that, while `counts` says so, until end(); all outlive that.
  void begin(server_course* into, std::function<bool()> counts);
  void end();   // whoever waits for ended() need not wait for long
  void stop();  // for good

 private:
  friend io::awaitable<> look(server_watch* at, server_course* into);
  friend io::awaitable<> sample_on(server_watch* at, server_course* into);
  friend io::awaitable<> ended(server_watch* at);

  server_watch(io::executor on, std::string address, std::unique_ptr<io::http_client> client)
      : on_(on), address_(std::move(address)), client_(std::move(client)), alarm_(on) {}

  io::executor on_;
  std::string address_;
  std::unique_ptr<io::http_client> client_;
  io::timer alarm_;
  std::string problem_;
  std::function<bool()> counts_;
  bool is_sampling_ = false, is_under_way_ = false;
  io::waiting_room ended_;
};

// Asks once. `into` may be null: only whether there is something.
io::awaitable<> look(server_watch* at, server_course* into);
// When nothing is under way any more.
io::awaitable<> ended(server_watch* at);

}  // namespace retort::engine
