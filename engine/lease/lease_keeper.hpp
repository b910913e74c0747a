// Keeps a run's slices: asks who deals about once a second, on a thread of its own, so that no
// request waits for it, and tells the slices what was heard, on the engine's. All else here belongs
// to that.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/lease/account_slice.hpp"
#include "engine/lease/budget_slice.hpp"
#include "engine/lease/lease_words.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/mutex.hpp"
#include "io/redis/redis_script.hpp"

namespace retort::engine {

// A budget that is shared, and how it is known what of it was used.
struct shared_budget {
  std::string pool;
  budget_slice slice;
  std::function<budget_slice::measures<budget_slice::use>()> used;
  std::function<void(const budget_slice::measures<std::int64_t>&)> allow;
  // By all ledgers of the run; asked for only where the server has lost the budget, or has none
  // yet.
  std::function<result<budget_slice::measures<std::int64_t>>()> spent_by_all;
  std::function<void()> used_up;
};

class lease_keeper {
 public:
  lease_keeper(io::executor on, io::redis_server at);
  ~lease_keeper();

  // The slice of an account, made when it is first asked for. It stays where it is. Of what is
  // stated at several times, before anything is asked, the lowest counts.
  account_slice* account(const std::string& pool, const limits_config& stated,
                         std::int64_t claimed);
  void share(shared_budget budget) { budget_.emplace(std::move(budget)); }

  // Before the loop runs, each within some seconds: whether there is anybody; the first question,
  // whose answer must not take longer than later ones may.
  // `member`: what this process is to the others; no two have the same.
  result<void> reach();
  result<void> join(std::string member);
  // From then on, while the loop runs, which it keeps at work until end().
  void begin();
  void end();  // says goodbye, so that what is held here is the others' at once

  std::function<void()> changed;                // there may be room for who waits
  std::function<void(const std::string&)> say;  // for a person

 private:
  using clock = std::chrono::steady_clock;
  struct question {  // without pools: only whether there is anybody
    std::vector<std::string> pools, words;
  };
  using answer = result<std::vector<std::string>>;

  question compose(bool stays);
  void hear(answer heard, clock::time_point asked_at);
  void hear_budget(lease_reply& reply);
  result<void> find_base();
  bool is_due(clock::time_point now) const;
  void ask();
  void tick();
  void look_after();
  void tell_state(bool is_gone);

  result<void> ask_first();
  answer reached();
  void serve();  // the thread
  void stop_thread();

  io::executor on_;
  std::string member_;
  std::map<std::string, limits_config> stated_;  // of each account
  std::map<std::string, std::unique_ptr<account_slice>> accounts_;
  std::optional<shared_budget> budget_;
  io::alarm ticker_;
  std::minstd_rand random_;
  bool is_reached_ = false;  // at the last answer
  bool is_under_way_ = false, ended_ = false, is_said_gone_ = false, budget_waits_said_ = false;
  clock::time_point asked_at_{}, next_at_{};
  std::optional<clock::time_point> joined_;
  std::string trouble_;  // why nothing was heard last; "" when something was

  io::redis_script script_;  // the thread's, while there is one
  io::mutex mutex_;
  std::condition_variable news_;
  std::optional<question> open_ RETORT_GUARDED_BY(mutex_);
  bool stop_ RETORT_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace retort::engine
