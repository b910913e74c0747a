// The addresses of one host: looked up when they are needed, used again for a while, and kept in
// the order in which they are worth trying. Old ones serve while a new look-up is under way or
// fails, as long as connecting to them works. A look-up is made on a thread of its own, since the
// system's may hang for as long as its name servers do: that holds up who needs this host, and
// nobody else. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"

namespace retort::io {

class host_addresses {
 public:
  using endpoint = asio::ip::tcp::endpoint;

  static constexpr std::chrono::seconds usual_lifetime{30};

  // `host` is a name, or an address without brackets. What was looked up is fresh for `lifetime`.
  host_addresses(executor on, std::string host, std::uint16_t port,
                 std::chrono::seconds lifetime = usual_lifetime);
  ~host_addresses();
  host_addresses(const host_addresses&) = delete;
  host_addresses& operator=(const host_addresses&) = delete;

  bool are_fresh() const;
  // Begins a look-up where they are not, and none is under way.
  void refresh();
  // Whether that is to be waited for, and where: whoever is called there looks again.
  bool are_awaited() const { return looking_ && !serve_; }
  waiting_room& news() { return news_; }
  // Once they are not: whether there are any. errc::resolve.
  result<void> outcome() const;

  // The one that last worked first; empty before they are looked up, unless the host is an address.
  const std::vector<endpoint>& in_order() const { return known_; }
  void worked(const endpoint& which);
  void failed() { serve_ = is_literal_; }  // each of them

  // Nothing is looked up any more, and what a look-up under way finds is of no interest.
  void cancel();

 private:
  using found = result<std::vector<endpoint>>;
  struct asker;
  static found ask(const std::string& host, const std::string& port);
  void take(found what);

  executor on_;
  std::string host_, port_;
  std::chrono::seconds lifetime_;
  std::vector<endpoint> known_;
  std::chrono::steady_clock::time_point fresh_until_{};
  bool is_literal_ = false;  // the host is an address
  bool serve_ = false;       // they do, fresh or not
  bool looking_ = false, cancelled_ = false;
  waiting_room news_;
  std::optional<error> failure_;                                // of the last look-up
  std::shared_ptr<asker> as_asker_;                             // as the threads know it
  std::optional<asio::executor_work_guard<executor>> at_work_;  // the loop, while one looks
};

}  // namespace retort::io
