// What all who have requests carried to their end share: a record's samples, their judges, batches.
// Who is under way, who sleeps, who waits for room, and how each of them begins and ends. One
// thread: the engine's.
#pragma once

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/endpoint/admission.hpp"
#include "engine/generate/stop_token.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

// Who waits before the next attempt; it holds no permit and no connection.
struct sleeper
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  explicit sleeper(io::executor on) : alarm(on) {}
  io::timer alarm;
};

struct generator {
  generator(io::executor on_, std::uint32_t attempts_) : on(on_), attempts(attempts_) {}

  io::executor on;
  std::uint32_t attempts;                         // retry.attempts
  std::vector<std::unique_ptr<admission>> gates;  // one per model entry
  stop_token stop;
  bool cut_short = false;  // something was left undone
  std::function<void(const std::string& line)> say;

  std::uint64_t under_way = 0;  // samples
  std::uint64_t held = 0;       // of them: failed, until their endpoint has proven itself or not
  bool fed = false;             // none will be started any more from outside
  io::waiting_room finished;    // called when the last of them ends
  io::waiting_room relief;  // the feeder waits here while too much is unwritten, asleep or in line
  std::atomic<bool> relief_wanted = false;
  boost::intrusive::list<sleeper, boost::intrusive::constant_time_size<false>> asleep;

  std::uint64_t requests = 0;  // sent, retries included
  std::uint64_t retries = 0;
  std::uint64_t backing_off = 0;

  std::mt19937_64 random{std::random_device()()};
  std::string body;  // scratch, for what is made and used between two suspensions
};

// Nothing that is under way will prove an endpoint any more.
inline bool only_held_remain(const generator& by) { return by.fed && by.under_way == by.held; }
// The held look again at what has become of their endpoint.
void wake_held(generator& by);

// Something of a run that must end before the run does; lives in its coroutine.
class counted {
 public:
  explicit counted(generator* by) : by_(by) { ++by_->under_way; }
  ~counted();
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;

 private:
  generator* by_;
};

// Lets it run beside the others; what it throws stops the run.
void start(generator& by, io::awaitable<> task);

// Waits, unless the run stops first; a run that has stopped begins none.
io::awaitable<> sleep_for(generator* by, std::chrono::milliseconds time);
// The same before the next attempt: it is counted, and ends with relief for who waits for room.
io::awaitable<> back_off(generator* by, std::chrono::milliseconds time);

}  // namespace retort::engine
