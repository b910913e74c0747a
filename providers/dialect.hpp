// A dialect is the sans-I/O half of a provider: a prompt in, request bytes out; response bytes in,
// a completion or a classified failure out. No socket, no clock. A dialect holds no state: one
// instance serves all threads.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/http_message.hpp"
#include "providers/types.hpp"

namespace retort::providers {

struct request_parts {
  std::string_view model;
  const std::vector<message>& messages;
  const providers::sampling& sampling;
};

class dialect {
 public:
  virtual ~dialect() = default;

  // Appended to the path of base_url: "/chat/completions".
  virtual std::string_view target() const = 0;
  // Header lines, each ended by CRLF, that carry the key and the content type.
  virtual std::string headers(std::string_view api_key) const = 0;
  // Appends the request body (UTF-8 JSON) to `out`.
  virtual void append_body(const request_parts& request, std::string& out) const = 0;
  // Reads a whole response. `now` (wall clock) turns a Retry-After date into a delay.
  virtual outcome parse(const io::http_response& response,
                        std::chrono::system_clock::time_point now) const = 0;
};

// The dialect of that name, or null. Names: see known_dialects().
const dialect* find_dialect(std::string_view name);
const std::vector<std::string_view>& known_dialects();

}  // namespace retort::providers
