// The addresses of one host: looked up when they are needed, used again for a while, and kept in
// the order in which they are worth trying. A look-up does not block the thread. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"

namespace retort::io {

class host_addresses {
 public:
  using endpoint = asio::ip::tcp::endpoint;

  // `host` is a name, or an address without brackets.
  host_addresses(executor on, std::string host, std::uint16_t port);

  // The one that last worked first; empty before resolve(), unless
  // the host is an address.
  const std::vector<endpoint>& in_order() const { return known_; }
  void worked(const endpoint& which);
  // resolve() has nothing to do.
  bool are_fresh() const;

  // Ends what of a look-up has not begun yet.
  void cancel() { resolver_.cancel(); }

 private:
  using resolver = asio::ip::basic_resolver<asio::ip::tcp, executor>;

  friend awaitable<result<void>> resolve(host_addresses* of);
  friend awaitable<> look_up(host_addresses* of);
  result<void> outcome() const;
  void keep(const resolver::results_type& found);

  std::string host_, port_;
  resolver resolver_;
  std::vector<endpoint> known_;
  std::chrono::steady_clock::time_point known_since_{};
  bool is_literal_ = false;  // the host is an address
  bool looking_ = false;
  waiting_room others_;  // who wait for the look-up under way
  std::string failure_;  // of the last look-up; "" when it succeeded
};

// Sees to it that the host has addresses, and fresh ones. Only one look-up runs at a time; the
// others wait for it and share its outcome. errc::resolve.
awaitable<result<void>> resolve(host_addresses* of);

}  // namespace retort::io
