#include "io/http/connection_pool.hpp"

namespace retort::io {

silence connection_pool::look_behind(connection& on, std::string_view surplus, bool keeps_alive,
                                     clock::time_point at) {
  on.idle_since = at;
  if (!surplus.empty()) {
    trust_.saw(heard(surplus), standing::kept, at, at);
    return heard(surplus);
  }
  if (!keeps_alive) return silence::ended;
  // What was here with the response was read with it.
  return on.link.has_pending() ? idle_.look(on, at) : silence::quiet;
}

void connection_pool::end(pending& request) {
  if (request.on) {
    request.on->end_request();
  } else {
    opener_.call_waiting();
  }
}

void connection_pool::stop() {
  idle_.clear();
  opener_.stop();
}

}  // namespace retort::io
