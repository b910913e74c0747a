// A way to a server on loopback on which every answer takes a while, one connection at a time, with
// a thread of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <thread>

namespace retort::test {

class slow_way {
 public:
  slow_way(std::uint16_t to, std::chrono::milliseconds delay);
  ~slow_way();
  slow_way(const slow_way&) = delete;
  slow_way& operator=(const slow_way&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void run();
  void carry(int client, int server) const;

  std::uint16_t to_, port_ = 0;
  std::chrono::milliseconds delay_;
  int listening_, over_;  // `over_` is readable then
  std::thread thread_;
};

}  // namespace retort::test
