#include "tools/mock/server/turnstile.hpp"

namespace retort::mock {

bool turnstile::enter(waiter& who) {
  who.called = !bounded() || serving_ < capacity_;
  if (who.called) {
    ++serving_;
  } else {
    queue_.push_back(who);
  }
  return who.called;
}

turnstile::waiter* turnstile::leave() {
  if (queue_.empty()) {
    --serving_;
    return nullptr;
  }
  waiter& next = queue_.front();
  queue_.pop_front();
  next.called = true;
  return &next;
}

}  // namespace retort::mock
