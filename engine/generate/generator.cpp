#include "engine/generate/generator.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>

#include "io/base/unexpected.hpp"

namespace retort::engine {

namespace asio = boost::asio;

void wake_held(generator& by) {
  for (const auto& gate : by.gates) {
    for (const auto& one : gate->endpoints()) one->trial.call_all();
  }
}

counted::~counted() {
  --by_->under_way;
  if (only_held_remain(*by_)) wake_held(*by_);
  if (by_->under_way > 0) return;
  by_->finished.call_all();
  by_->relief.call_all();  // the next one always has room
}

void start(generator& by, io::awaitable<> task) {
  const auto ended = [&by](std::exception_ptr unexpected) {
    if (!unexpected) return;
    by.cut_short = true;  // its sample is still to do
    const error why = io::explain(unexpected);
    by.stop.raise(status_of(why), why.message);
  };
  asio::co_spawn(by.on, std::move(task), ended);
}

io::awaitable<> sleep_for(generator* by, std::chrono::milliseconds time) {
  boost::system::error_code ignored;
  if (by->stop.is_raised()) co_return;
  sleeper mine(by->on);
  mine.alarm.expires_after(time);
  by->asleep.push_back(mine);
  co_await mine.alarm.async_wait(asio::redirect_error(io::use_awaitable, ignored));
}

io::awaitable<> back_off(generator* by, std::chrono::milliseconds time) {
  if (by->stop.is_raised()) co_return;
  ++by->backing_off;
  co_await sleep_for(by, time);
  --by->backing_off;
  by->relief.call_all();
}

}  // namespace retort::engine
