#include "engine/view_follower.hpp"

namespace retort::engine {

view_follower::view_follower(io::ledger_reader ledger, view_fold fold)
    : ledger_(std::move(ledger)), fold_(std::move(fold)) {
  thread_ = std::thread([this] { follow(); });
}

view_follower::~view_follower() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    wish_ = leaving;
  }
  changed_.notify_one();
  thread_.join();
}

void view_follower::committed(std::uint64_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    committed_ += bytes;
  }
  changed_.notify_one();
}

result<void> view_follower::finish() {
  {
    const std::lock_guard lock(mutex_);
    wish_ = finishing;
  }
  changed_.notify_one();
  thread_.join();
  return outcome_ ? fold_.finish() : outcome_;
}

void view_follower::follow() {
  std::uint64_t folded = 0;
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return committed_ > folded || wish_ != following; });
    const bool last = wish_ == leaving || (wish_ == finishing && committed_ <= folded);
    if (last) return;
    const std::uint64_t target = committed_;
    lock.unlock();
    if (outcome_) outcome_ = fold_up_to(target);
    folded = target;
  }
}

result<void> view_follower::fold_up_to(std::uint64_t length) {
  for (;;) {
    auto line = ledger_.next(length);
    if (!line) return line.error();
    if (!*line) return fold_.flush();
    auto taken = fold_.take((*line)->text);
    if (!taken) return taken;
  }
}

}  // namespace retort::engine
