// Ends jq programs that do not come to an end: jq's own loop looks at a flag between two steps, and
// a thread of its own raises that once a program has used up its CPU time. (CPU time, since what a
// program comes to must not depend on what else the machine does.) Any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <list>
#include <thread>

#include "engine/where/libjq.hpp"
#include "io/base/mutex.hpp"

namespace retort::engine {

// A program at work.
struct jq_running {
  jq_state* program;
  clockid_t clock;       // of its thread's CPU time
  std::int64_t from_ns;  // there, when it began
};

class jq_watch {
 public:
  jq_watch() = default;
  ~jq_watch();

  // What a program was halted with by the watch: none halts itself with that.
  static bool has_halted(jq_state* program) {
    const jv code = jq_get_exit_code(program);
    const bool is_ours = jv_get_kind(code) == JV_KIND_FALSE;
    jv_free(code);
    return is_ours;
  }

  // The program runs on the calling thread, from here to the end of the scope, and is halted when
  // it takes too long.
  class scope {
   public:
    scope(jq_watch& by, jq_state* program) : by_(by), place_(by.begin(program)) {}
    ~scope() { by_.end(place_); }
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;

   private:
    jq_watch& by_;
    std::list<jq_running>::iterator place_;
  };

 private:
  std::list<jq_running>::iterator begin(jq_state* program);
  void end(std::list<jq_running>::iterator place);
  void look();

  io::mutex mutex_;
  std::condition_variable changed_;
  std::list<jq_running> running_ RETORT_GUARDED_BY(mutex_);
  bool leaving_ RETORT_GUARDED_BY(mutex_) = false;
  std::thread thread_ RETORT_GUARDED_BY(mutex_);  // from the first program on
};

}  // namespace retort::engine
