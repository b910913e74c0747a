// The endpoints of a model entry that stand in a file (models[].endpoints.file), which may change
// while a run goes on: looked at every few seconds, and read where it has changed. Who is not in it
// any more is sent nothing more; who is new is asked at once. A file that is gone or wrong is told
// once, and the list from before goes on. One thread: the engine's.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "engine/endpoint/admission.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/url.hpp"

namespace retort::engine {

class endpoint_watch {
 public:
  static constexpr std::chrono::seconds interval{3};

  // The gate's entry has such a file; the gate outlives the watch. `say` takes a line for the
  // person.
  endpoint_watch(io::executor on, admission* gate, io::environment environment,
                 std::function<void(const std::string&)> say);

  void begin();  // keeps the loop at work
  void end();
  // What begin() does every few seconds.
  void look();

 private:
  void wait();
  bool may_have_changed();
  void take(const std::vector<std::string>& urls);
  std::size_t let_go(const std::vector<std::string>& urls);
  void renew_retired();
  bool bring_in(const std::string& url);

  io::executor on_;
  admission* gate_;
  io::environment environment_;
  std::function<void(const std::string&)> say_;
  io::timer alarm_;
  bool is_over_ = false;
  struct stat seen_ {};            // as it was when it was read last
  std::vector<std::string> urls_;  // as they were read last
  std::string told_;               // what was wrong with it; "" when nothing is
};

}  // namespace retort::engine
