// One streamed answer, from its bytes to its outcome. No socket, no clock: the caller takes the
// time. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "io/http/http_message.hpp"
#include "providers/body/types.hpp"

namespace retort::providers {

class stream_reader {
 public:
  virtual ~stream_reader() = default;

  // The next bytes of the body (content coding removed), split anywhere.
  virtual void feed(std::string_view bytes) = 0;

  // How many pieces of an answer (text, reasoning, refusal, a call's name or arguments) have come
  // so far. The feed() after which it is above 0 brought the first token, the last one that it grew
  // in brought the last.
  virtual std::uint64_t pieces() const = 0;

  // Whether any of it is for the reader's eye: not reasoning.
  virtual bool is_visible() const = 0;

  // Nothing of interest can follow: the caller need not wait for the connection's end.
  virtual bool ended() const = 0;

  // What has come is a whole answer, though its end was not told: usage may still follow, or an
  // error that is one of the server alone. Silence or a broken connection behind it costs nothing:
  // finish() then gives the answer. More of an answer takes it back.
  virtual bool whole() const = 0;

  // The body has ended, as it should or cut off: what it was. `head` gives status and headers, its
  // body is not looked at; `now` is the wall clock. The reader is used up.
  virtual outcome finish(const io::http_response& head,
                         std::chrono::system_clock::time_point now) = 0;
};

}  // namespace retort::providers
