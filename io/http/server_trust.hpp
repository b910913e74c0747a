// What a server has shown of itself on connections that carry no request, and what follows for
// those to come. A server that sends what nobody asked for does so right behind its answers, or as
// soon as it is connected to: until it has once kept quiet there for the probation, each connection
// is watched for so long before a request goes out on it. Pure: time is an argument. One thread.
#pragma once

#include <chrono>
#include <optional>

#include "io/net/stream.hpp"

namespace retort::io {

// Where a connection stands that carries no request.
enum class standing {
  fresh,  // has carried none yet
  kept,   // behind a whole response
};

class server_trust {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds probation{25};

  // Until when a connection that carries no request since then is to be watched before it may carry
  // one; nothing where a look is enough.
  std::optional<time_point> watched_until(standing where, time_point since) const;

  // What a look at it has found.
  void saw(silence what, standing where, time_point since, time_point now);

  // False once the server was caught answering unasked, for good: its next answer to nobody could
  // come when a request is out, as that one's. Each request gets a connection of its own then.
  bool keeps_connections() const { return kept_ != known_for::talking; }

 private:
  enum class known_for { nothing, keeping_quiet, talking };
  known_for& at(standing where) { return where == standing::fresh ? fresh_ : kept_; }
  known_for at(standing where) const { return where == standing::fresh ? fresh_ : kept_; }

  known_for fresh_ = known_for::nothing;
  known_for kept_ = known_for::nothing;
};

}  // namespace retort::io
