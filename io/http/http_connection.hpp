// A connection of an HTTP client, and a request under way, which holds one at a time. One thread.
#pragma once

#include <algorithm>
#include <boost/intrusive/list.hpp>
#include <chrono>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/http/stream.hpp"

namespace retort::io {

struct connection {
  using clock = std::chrono::steady_clock;

  explicit connection(executor on) : link(on) {}
  stream link;
  clock::time_point idle_since{};
  bool used = false;   // has carried a whole response
  bool looked = true;  // at the socket, behind its last response

  void free_first_buffers() {
    if (!used) link.free_buffers();
  }
};

// For who looks after deadlines. Lives in the coroutine that carries the request.
struct pending
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  using clock = std::chrono::steady_clock;

  explicit pending(clock::time_point until) : deadline(until) {}
  clock::time_point deadline;
  clock::time_point patience = clock::time_point::max();  // of what it waits for just now
  connection* on = nullptr;  // null while it waits for its turn to open one
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
