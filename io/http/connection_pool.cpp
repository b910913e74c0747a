#include "io/http/connection_pool.hpp"

#include <utility>

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
  if (request.on) request.on->end_request();
  opener_.call_waiting();
  if (!request.on) call_all();
}

void connection_pool::give_back(slot used) {
  idle_.give_back(std::move(used));
  call_next(0);
}

void connection_pool::call() { called_ += turn_.call_one(); }

void connection_pool::call_all() {
  while (!turn_.empty()) call();
}

// If there is more than those that are called, and `opening` that are about to begin, will take.
void connection_pool::call_next(std::size_t opening) {
  if (idle_.size() + opener_.room() > called_ + opening) call();
}

void connection_pool::stop() {
  idle_.clear();
  opener_.stop();
  call_all();
}

// Nobody who comes later goes before: who finds others waiting waits to be called, too, and whoever
// was called calls the next if there is more.
awaitable<slot> wait_for_slot(connection_pool* of, pending* request) {
  slot free;
  ++of->waiting_;
  for (;;) {
    co_await wait_in(&of->turn_);
    --of->called_;
    if (request->is_over()) break;
    free = of->idle_.take(connection_pool::clock::now());
    if (free || of->opener_.room() > 0) break;
  }
  --of->waiting_;
  of->call_next(free || request->is_over() ? 0 : 1);
  co_return std::move(free);
}

awaitable<result<slot>> open_slot(connection_pool* of, pending* request) {
  auto opened = co_await open_connection(&of->opener_, request);
  of->call_next(0);
  co_return std::move(opened);
}

}  // namespace retort::io
