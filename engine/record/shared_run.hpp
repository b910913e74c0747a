// What the records of a run share, and how their coroutines begin, wait and end. One thread: the
// engine's.
#pragma once

#include <simdjson.h>

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/endpoint/admission.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/prompt/prompts.hpp"
#include "engine/record/exit_status.hpp"
#include "engine/record/progress.hpp"
#include "engine/record/row_feed.hpp"
#include "engine/sample/done_set.hpp"
#include "engine/sample/id_register.hpp"
#include "engine/sample/key_mask.hpp"
#include "engine/views/view_follower.hpp"
#include "io/base/awaitable.hpp"
#include "io/ledger/ledger_log.hpp"

namespace retort::engine {

// A sample that waits before its next attempt; it holds no permit and no connection.
struct sleeper
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  explicit sleeper(io::executor on) : alarm(on) {}
  io::timer alarm;
};

struct shared_run {
  shared_run(const config& settings_, io::executor on_, prompts prompt_, assessor assess_)
      : settings(settings_), on(on_), prompt(std::move(prompt_)), assess(std::move(assess_)) {}

  const config& settings;
  io::executor on;
  prompts prompt;
  assessor assess;
  key_mask keys;                                  // of all endpoints
  std::vector<std::unique_ptr<admission>> gates;  // one per variant
  const done_set* done = nullptr;                 // as the ledger was when the run began
  row_feed* feed = nullptr;
  io::ledger_log* ledger = nullptr;
  view_follower* views = nullptr;
  std::function<void(exit_status, const std::string& reason)> stop;  // ends the run early
  std::function<void(const std::string& line)> say;

  bool stopping = false;
  bool cut_short = false;  // a sample was left undone
  bool flushing = false;   // what was committed is about to be handed on
  progress_snapshot counts;
  std::uint64_t named_failures = 0;
  std::optional<std::uint64_t> bad_row;  // ordinal of the last one
  // Of the records asked for, under dataset.id; few, since a run is flat in memory: `check` looks
  // at more.
  id_register ids{std::size_t{1} << 16};
  bool repeated_id_said = false;
  std::uint64_t under_way = 0;  // samples
  std::uint64_t held = 0;       // of them: failed, until their endpoint has proven itself or not
  bool fed = false;             // no further sample will be started by the feeder
  io::waiting_room finished;    // called when the last of them ends
  io::waiting_room relief;  // the feeder waits here while too much is unwritten, asleep or in line
  std::atomic<bool> relief_wanted = false;
  boost::intrusive::list<sleeper, boost::intrusive::constant_time_size<false>> asleep;
  std::mt19937_64 random{std::random_device()()};

  // Scratch, for what is made and used between two suspensions.
  simdjson::dom::parser parser;
  std::string text;
};

// Nothing that is under way will prove an endpoint any more.
inline bool only_held_remain(const shared_run& run) { return run.fed && run.under_way == run.held; }
// The held look again at what has become of their endpoint.
void wake_held(shared_run& run);

// Something of a run that must end before the run does; lives in its coroutine.
class counted {
 public:
  explicit counted(shared_run* run) : run_(run) { ++run_->under_way; }
  ~counted();
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;

 private:
  shared_run* run_;
};

// Lets it run beside the others; what it throws stops the run.
void start(shared_run& run, io::awaitable<> task);

// A sample's wait before its next attempt. A run that stops ends it, and begins none.
io::awaitable<> back_off(shared_run* run, std::chrono::milliseconds time);

}  // namespace retort::engine
