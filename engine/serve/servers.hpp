// The servers of a run at work ([their life](served_models.md)): started when somebody first waits
// for one of them, asked until they are ready, started again when they end, stopped with the run.
// What becomes of one is told by three calls. One thread: the one that runs the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/serve/server_plan.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct server_events {
  std::function<void(const std::string& line)> say;
  // It can be asked; it cannot any more, and is being started again.
  std::function<void(const planned_server&, bool is_ready)> turned;
  // It is given up. errc::usage where it never was ready: the others are being stopped.
  std::function<void(const planned_server&, const error&)> lost;
};

class servers {
 public:
  struct one;

  // Logs go to that directory. Starts nothing.
  servers(io::executor on, std::vector<planned_server> planned, std::string directory,
          server_events events);
  // Ends what still runs, and waits until it has: a few seconds.
  ~servers();
  servers(const servers&) = delete;
  servers& operator=(const servers&) = delete;

  // Once; later calls do nothing. `environments`: of each, in the order of the plan.
  void start(const std::vector<std::vector<std::string>>& environments);
  // They end while the loop runs. Nothing is started any more.
  void stop();

  // Whether that one of the plan answers its `ready` just now. Of one that is being started or
  // stopped: no.
  friend io::awaitable<> ask_whether_ready(servers* all, std::size_t which, bool* is_ready);

 private:
  io::executor on_;
  std::string directory_;
  server_events events_;
  std::vector<std::unique_ptr<one>> all_;
  bool has_started_ = false;
};

io::awaitable<> ask_whether_ready(servers* all, std::size_t which, bool* is_ready);

}  // namespace retort::engine
