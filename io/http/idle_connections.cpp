#include "io/http/idle_connections.hpp"

#include <utility>

namespace retort::io {
namespace {

// Most servers keep an idle connection for 5 to 75 s; one idle for as long as this is closed.
constexpr std::chrono::seconds stale{60};
// As many are looked at each time, which is 0.4 us each.
constexpr std::size_t few = 64;

}  // namespace

slot idle_connections::take(clock::time_point now) {
  while (!newest_last_.empty()) {
    auto newest = std::move(newest_last_.back());
    newest_last_.pop_back();
    if (may_carry(*newest, now)) return newest;
  }
  return nullptr;
}

bool idle_connections::may_carry(connection& kept, clock::time_point now) {
  return look(kept, now) == silence::quiet && trust_.keeps_connections();
}

silence idle_connections::look(connection& one, clock::time_point now) {
  const silence seen = one.link.look();
  trust_.saw(seen, standing::kept, one.idle_since, now);
  return seen;
}

void idle_connections::give_back(slot used) {
  if (!trust_.keeps_connections()) return;
  used->free_first_buffers();
  used->used = true;
  used->looked = false;
  newest_last_.push_back(std::move(used));
}

void idle_connections::look_through(clock::time_point now) {
  const bool all = newest_last_.size() <= few;
  std::erase_if(newest_last_, [&](const auto& one) {
    const bool due = !std::exchange(one->looked, true) || all;
    return due && look(*one, now) != silence::quiet;
  });
}

void idle_connections::drop_stale(clock::time_point now) {
  std::erase_if(newest_last_, [now](const auto& one) { return now - one->idle_since > stale; });
}

}  // namespace retort::io
