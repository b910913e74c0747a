// The endpoints of a model entry that may change while a run goes on (endpoint_source.hpp): looked
// for every few seconds. Who is not listed any more is sent nothing more; who is new is asked at
// once. A list that is gone or wrong is told once, and the one from before goes on. One thread: the
// engine's.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/endpoint/admission.hpp"
#include "engine/endpoint/endpoint_source.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/url.hpp"

namespace retort::engine {

class endpoint_watch {
 public:
  static constexpr std::chrono::seconds interval{3};

  // `source` is that of the gate's entry; the gate outlives the watch. `say` takes a line for the
  // person.
  endpoint_watch(io::executor on, admission* gate, std::unique_ptr<endpoint_source> source,
                 io::environment environment, std::function<void(const std::string&)> say);

  void begin();  // keeps the loop at work
  void end();
  // What begin() does every few seconds.
  void look();

 private:
  void wait();
  void take(const std::vector<std::string>& urls);
  std::size_t let_go(const std::vector<std::string>& urls);
  void renew_retired();
  bool bring_in(const std::string& url);

  io::executor on_;
  admission* gate_;
  std::unique_ptr<endpoint_source> source_;
  io::environment environment_;
  std::function<void(const std::string&)> say_;
  io::alarm alarm_;
  bool is_over_ = false;
  std::vector<std::string> urls_;  // as they were read last
  std::string told_;               // what was wrong with it; "" when nothing is
};

}  // namespace retort::engine
