// A dialect is the sans-I/O half of a provider: a prompt in, request bytes out; response bytes in,
// a completion or a classified failure out. No socket, no clock. A dialect holds no state: one
// instance serves all threads.
#pragma once

#include <simdjson.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "io/http/http_message.hpp"
#include "providers/body/chat_sampling.hpp"
#include "providers/body/types.hpp"
#include "providers/stream/stream_reader.hpp"

namespace retort::providers {

// Whether the answer comes as one body or as a stream of events.
enum class delivery { whole, stream };

struct request_parts {
  std::string_view model;
  const std::vector<message>& messages;
  const providers::sampling& sampling;
  delivery how = delivery::whole;
};

class dialect {
 public:
  virtual ~dialect() = default;

  // Whether members of a chat completions request are this API's too.
  virtual body_taker takes() const { return body_taker::other; }

  // Appended to the path of base_url: "/chat/completions". Fit for a request line.
  virtual std::string target(std::string_view model, delivery how) const = 0;
  // Header lines, each ended by CRLF, that carry the key and what else every request needs.
  virtual std::string headers(std::string_view api_key) const = 0;
  // Whether a request with these can be sent at all; asked once per run, before anything is.
  // errc::usage with one line: the key, what does not take it, what was expected.
  virtual result<void> check(std::string_view model, const sampling& asked) const = 0;
  // Of such a request: what may be refused all the same, since what is known of the model is not
  // certain. Lines for a user to read before a run.
  virtual std::vector<std::string> doubts(std::string_view model, const sampling& asked) const;
  // Appends the request body (UTF-8 JSON) to `out`, of a request that check() lets pass.
  virtual void append_body(const request_parts& request, std::string& out) const = 0;
  // Reads a whole response. `now` (wall clock) turns a Retry-After date into a delay. A 2xx that is
  // a stream of events, though none was asked for, is read as one.
  outcome parse(const io::http_response& response, std::chrono::system_clock::time_point now) const;
  // The same of a body that is known to be no such stream.
  outcome parse_document(const io::http_response& response,
                         std::chrono::system_clock::time_point now) const;
  // Reads one streamed answer, of status 2xx. Any other response is whole: give it to parse().
  virtual std::unique_ptr<stream_reader> read_stream() const = 0;

 private:
  // What parse() leaves to each: the JSON of a 2xx that names no error, all but `finish`.
  virtual outcome read_answer(const io::http_response& response, simdjson::dom::element body,
                              std::chrono::system_clock::time_point now) const = 0;
};

}  // namespace retort::providers
