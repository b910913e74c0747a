// A request out and its response in over one stream, waiting only where there is something to wait
// for. Deadlines are the caller's: to close the stream ends whatever goes on here. One thread.
#pragma once

#include <string>

#include "io/awaitable.hpp"
#include "io/error.hpp"
#include "io/http_message.hpp"
#include "io/stream.hpp"

namespace retort::io {

// errc::reset.
awaitable<result<void>> write_all(stream* to, const std::string* what);

// What read_response() is to expect and what it found.
struct reading {
  bool no_body = false;      // in: the answer to CONNECT
  bool keeps_alive = false;  // out: the stream can carry another request
};

// Reads one response, past any 1xx that comes before it; its content coding stays. errc::reset,
// errc::protocol.
awaitable<result<void>> read_response(stream* from, http_response* response, reading* how);

}  // namespace retort::io
