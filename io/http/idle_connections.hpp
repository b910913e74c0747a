// The kept-alive connections of an HTTP client that carry no request just now. What has come on one
// is nobody's answer: that connection is closed, and its server's standing is told of it. One
// thread.
#pragma once

#include <vector>

#include "io/http/http_connection.hpp"
#include "io/http/server_trust.hpp"

namespace retort::io {

class idle_connections {
 public:
  using clock = connection::clock;

  explicit idle_connections(server_trust* trust) : trust_(*trust) {}  // which outlives it
  std::size_t size() const { return newest_last_.size(); }

  // The newest that is quiet, or null.
  slot take(clock::time_point now);
  // Whether a connection that is not among them any more may carry a request as far as it goes.
  bool may_carry(connection& kept, clock::time_point now);
  silence look(connection& one, clock::time_point now);

  // Behind a whole response, its idle_since.
  void give_back(slot used);

  // Looks at each once behind its response; where they are few, at all of them.
  void look_through(clock::time_point now);
  void drop_stale(clock::time_point now);
  void clear() { newest_last_.clear(); }

 private:
  server_trust& trust_;
  std::vector<slot> newest_last_;
};

}  // namespace retort::io
