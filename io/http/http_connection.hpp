// A connection of an HTTP client, and a request under way, with its deadline. One thread.
#pragma once

#include <algorithm>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <memory>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/http/http_message.hpp"
#include "io/net/stream.hpp"

namespace retort::io {

struct connection {
  using clock = std::chrono::steady_clock;

  explicit connection(executor on) : link(on) {}
  stream link;
  clock::time_point idle_since{};
  connection_times opened;  // how long it took
  bool used = false;        // has carried a whole response
  bool looked = true;       // at the socket, behind its last response

  void free_first_buffers() {
    if (!used) link.free_buffers();
  }
  // Ends the request that it carries, ahead of its answer. In HTTP/1.1 what of that may still come
  // could not be told from the next request's answer: the connection ends with it.
  void end_request() { link.close(); }
};

// Room for one request on a connection. In HTTP/1.1 a connection has no other.
using slot = std::unique_ptr<connection>;

// A request under way. Lives in the coroutine that carries it, which finds it over when it is
// woken.
struct pending
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  using clock = std::chrono::steady_clock;

  explicit pending(clock::time_point until) : deadline(until) {}
  clock::time_point deadline;
  clock::time_point patience = clock::time_point::max();  // of what it waits for just now
  connection* on = nullptr;                               // null while it waits for a slot
  bool stopped = false;

  bool is_overdue(clock::time_point now) const { return now >= std::min(deadline, patience); }
  bool is_over() const { return stopped || clock::now() >= deadline; }
  // What `why` ended, unless its deadline or a stop is the real reason.
  error ended_by(error why) const {
    if (stopped) return {errc::cancelled, "stopped"};
    if (clock::now() >= deadline) {
      return {errc::timeout, "no complete response before the request's deadline (timeout_s)"};
    }
    return why;
  }
};

using pending_list = boost::intrusive::list<pending, boost::intrusive::constant_time_size<false>>;

}  // namespace retort::io
