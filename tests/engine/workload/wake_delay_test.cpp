#include "engine/workload/wake_delay.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>

using namespace retort;
using std::chrono::microseconds;

TEST_CASE("a thread's delay is what three in four are at least, and never long") {
  using list = std::vector<std::chrono::nanoseconds>;
  const struct {
    list measured;
    microseconds usual;
  } table[] = {
      {{}, microseconds(0)},
      {{microseconds(50)}, microseconds(50)},
      {{microseconds(60), microseconds(4000), microseconds(50), microseconds(40)},
       microseconds(50)},
      {{microseconds(1), microseconds(2), microseconds(3), microseconds(4), microseconds(5)},
       microseconds(2)},
      {list(32, microseconds(5000)), microseconds(100)},
      {list(32, microseconds(-3)), microseconds(0)},
  };
  for (const auto& [measured, usual] : table) CHECK(engine::usual_delay(measured) == usual);
}

TEST_CASE("a loop's delay is measured on the loop") {
  io::asio::io_context context{1};
  std::chrono::nanoseconds delay{0};
  io::asio::co_spawn(
      context, engine::measure_wake_delay(context.get_executor()),
      [&](const std::exception_ptr&, std::chrono::nanoseconds measured) { delay = measured; });
  context.run();
  CHECK(delay > std::chrono::nanoseconds(0));  // nobody wakes up at the very moment
  CHECK(delay <= microseconds(100));
}
