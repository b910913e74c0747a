// A further loop of a benchmark: a thread that carries requests and decides nothing, with endpoints
// and connections of its own. What belongs to it is touched on its thread alone; its public part is
// the main loop's.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "engine/endpoint/endpoint.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

class send_loop {
 public:
  using endpoint_list = std::vector<std::unique_ptr<endpoint>>;

  // With the same endpoints, whose keys are not read again. Its thread runs from then on.
  static result<std::unique_ptr<send_loop>> make(const endpoint_list& like);
  ~send_loop() { end(); }

  io::executor on() { return context_.get_executor(); }
  endpoint* at(std::size_t place) { return endpoints_[place].get(); }
  // Its requests fail, those to come too.
  void stop();
  // Likewise, and waits for its thread. What ended it before its time, else null.
  std::exception_ptr end();

 private:
  send_loop() = default;
  void run();
  void stop_clients();

  io::asio::io_context context_{1};
  endpoint_list endpoints_;
  io::asio::executor_work_guard<io::executor> stays_{context_.get_executor()};
  std::exception_ptr unexpected_;  // of its thread, until that has ended
  std::jthread thread_;
};

}  // namespace retort::engine
