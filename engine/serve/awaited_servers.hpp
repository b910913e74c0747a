// Servers of who asks endpoints without gates, a benchmark: all are started at once and waited for,
// and who finds one ended waits until it is ready again. One thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/serve/server_plan.hpp"
#include "engine/serve/servers.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

class awaited_servers {
 public:
  struct listener {
    std::function<void(const std::string& line)> say;
    // It ended although it was asked, and is being started again.
    std::function<void(const std::string& line)> ended;
    // It is given up, and asked for no more. errc::usage: it never was ready, and none is of use.
    std::function<void(const planned_server&, const error&)> lost;
  };

  // Those of the models of `of`, whose endpoints they become; `whole`: the config with all keys
  // that they are not to see. Makes the run directory, for their logs, and starts nothing. Null
  // where no model is served. errc::usage, errc::disk.
  static result<std::unique_ptr<awaited_servers>> make(io::executor on, config& of,
                                                       const config& whole, listener told);

  void start();
  // They end while the loop runs; nobody waits for one any more.
  void stop();
  // Whose server answers at a base URL: "models[0].serve"; "" where it is none of theirs.
  std::string place_of(const std::string& base_url) const;
  // All of them, at least once: from then on they are asked.
  bool were_ready() const { return were_ready_; }

 private:
  enum class state { coming, ready, lost };
  struct place {
    std::string base_url, of;
    state now = state::coming;
  };

  awaited_servers(io::executor on, listener told) : on_(on), told_(std::move(told)) {}
  server_events events();
  void turn(const planned_server& of, state now);
  place* find(const std::string& base_url);
  bool is(const place& of, state now) const { return !stopped_ && of.now == now; }
  bool is_any_awaited() const;

  friend io::awaitable<> wait_for_servers(awaited_servers* all);
  friend io::awaitable<> wait_for_server(awaited_servers* all, const std::string* base_url);

  io::executor on_;
  listener told_;
  std::vector<place> places_;  // in the plan's order
  std::vector<std::vector<std::string>> environments_;
  bool were_ready_ = false, stopped_ = false;
  io::waiting_room turned_;
  std::unique_ptr<servers> all_;
};

// Until none is coming any more, or they are stopped.
io::awaitable<> wait_for_servers(awaited_servers* all);
// Until one answers, by its base URL, or is given up; one that hangs is the caller's to find. Where
// the URL is none of theirs, at once.
io::awaitable<> wait_for_server(awaited_servers* all, const std::string* base_url);

}  // namespace retort::engine
