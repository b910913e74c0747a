#include "engine/record/shared_run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>

#include "io/base/unexpected.hpp"

namespace retort::engine {

namespace asio = boost::asio;

void wake_held(shared_run& run) {
  for (const auto& gate : run.gates) {
    for (const auto& one : gate->endpoints()) one->trial.call_all();
  }
}

counted::~counted() {
  --run_->under_way;
  if (only_held_remain(*run_)) wake_held(*run_);
  if (run_->under_way > 0) return;
  run_->finished.call_all();
  run_->relief.call_all();  // the next one always has room
}

void start(shared_run& run, io::awaitable<> task) {
  const auto ended = [&run](std::exception_ptr unexpected) {
    if (!unexpected) return;
    run.cut_short = true;  // its sample is still to do
    const error why = io::explain(unexpected);
    run.stop(status_of(why), why.message);
  };
  asio::co_spawn(run.on, std::move(task), ended);
}

io::awaitable<> back_off(shared_run* run, std::chrono::milliseconds time) {
  boost::system::error_code ignored;
  if (run->stopping) co_return;
  sleeper mine(run->on);
  mine.alarm.expires_after(time);
  run->asleep.push_back(mine);
  ++run->counts.backing_off;
  co_await mine.alarm.async_wait(asio::redirect_error(io::use_awaitable, ignored));
  --run->counts.backing_off;
  run->relief.call_all();
}

}  // namespace retort::engine
