#include "engine/run/conductor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "engine/endpoint/endpoint_source.hpp"
#include "engine/run/closing.hpp"
#include "engine/run/feeder.hpp"
#include "engine/run/preparation.hpp"
#include "engine/serve/server_plan.hpp"
#include "engine/shard/start_delay.hpp"
#include "io/base/console.hpp"
#include "io/base/unexpected.hpp"

namespace retort::engine {
namespace {

namespace asio = boost::asio;

// A shard does not begin in the same moment as a thousand others. A stop cancels the wait.
io::awaitable<> wait_for_start(run_parts* of, io::timer* alarm) {
  const auto& shard = of->what.shard;
  const double delay_s = shard ? start_delay_s(shard->index, shard->count) : 0;
  if (delay_s <= 0) co_return;
  if (delay_s >= 0.1)
    of->display->say(fmt::format("begins {:.1f} s behind the first shard", delay_s));
  alarm->expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(delay_s)));
  if (of->shared->asking.stop.is_raised()) co_return;
  boost::system::error_code ignored;
  co_await alarm->async_wait(asio::redirect_error(io::use_awaitable, ignored));
}

// The run from its first record to the start of its last...
io::awaitable<> start_records(run_parts* of, io::timer* alarm) {
  co_await wait_for_start(of, alarm);
  co_await feed_records(&*of->shared, &of->desks);
}

// ... and to the end of that.
io::awaitable<> wait_for_records(shared_run* run) {
  while (run->asking.under_way > 0) co_await io::wait_in(&run->asking.finished);
  for (const asked_step& one : run->earlier) {
    if (one.judges) co_await close_judging(one.judges);
  }
  if (run->judges) co_await close_judging(run->judges);
}

// prepare() has seen that it can be planned.
drain drain_for(const config& what, stop_cause cause) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto planned =
      plan_drain(what.grace_s, cause, &std::getenv, std::chrono::duration<double>(now).count());
  return planned ? *planned : drain();
}

std::string waiting_text(const drain& left) {
  return fmt::format("waiting up to {:g} s for what is in flight{}", left.seconds,
                     left.why.empty() ? "" : fmt::format(" ({})", left.why));
}

}  // namespace

// Of servers: those that a name has, those that it starts.
result<void> conductor::find_places() {
  auto found = find_services(*what_, of_.options.name_server, of_.stop_reading.get());
  if (!found) return found;
  auto planned = plan_servers(*what_, &std::getenv);
  if (!planned) return planned.error();
  of_.planned = std::move(*planned);
  return {};
}

result<void> conductor::prepare() {
  const auto planned = plan_drain(of_.what.grace_s, stop_cause::own, &std::getenv, 0);
  if (!planned) return planned.error();
  const bool pours_out = std::ranges::find(of_.what.outputs, standard_output,
                                           &output_config::path) != of_.what.outputs.end();
  of_.display = make_display(of_.options.display, pours_out);
  auto shown = seen_.open_metrics();
  if (!shown) return shown;
  auto taken = find_places();
  if (taken) {
    taken = engine::prepare(
        of_, [this](exit_status status, const std::string& reason) { stop(status, reason); });
  }
  const int number = signal_;
  if (taken || number == 0) return taken;
  return error{errc::cancelled,
               fmt::format("{}: stopped before anything was sent; the same command starts again",
                           io::name_of_signal(number))};
}

result<run_summary> conductor::perform() {
  if (!begin(working)) {
    return error{errc::cancelled, "stopped by a signal before anything was sent"};
  }
  seen_.begin();
  if (of_.lease) of_.lease->begin();
  for (const auto& one : of_.watches) one->begin();
  work();
  (void)begin(closing);
  seen_.show_last();
  if (hurry_) of_.views->abandon();
  close(of_);
  of_.summary.bound_by = seen_.bound_by();
  return of_.summary;
}

void conductor::work() {
  const auto waited = [this](std::exception_ptr unexpected) {
    if (unexpected) stop_for(unexpected);
    wind_up();
  };
  const auto fed = [this, waited](std::exception_ptr unexpected) {
    if (unexpected) stop_for(unexpected);
    asio::co_spawn(of_.context, wait_for_records(&*of_.shared), waited);
  };
  asio::co_spawn(of_.context, start_records(&of_, &start_), fed);
  run_loop();
}

// An exception that gets here came from a handler; the others still have to run.
void conductor::run_loop() {
  for (;;) {
    try {
      of_.context.run();
      return;
    } catch (...) {
      stop_for(std::current_exception());
    }
  }
}

void conductor::wind_up() {
  of_.over = true;  // a timer that has expired already cannot be cancelled any more
  for (const auto& gate : of_.shared->asking.gates) gate->close();
  if (of_.lease) of_.lease->end();
  if (of_.serving) of_.serving->stop();
  for (const auto& one : of_.watches) one->end();
  seen_.end();
  grace_.cancel();
  stop_at_once();
}

// The first raise of the stop token.
void conductor::stop(exit_status status, const std::string& reason) {
  shared_run& run = *of_.shared;
  of_.summary.status = status;
  of_.summary.reason = run.keys.without_keys(reason);
  of_.display->say(fmt::format("stopping: {}", of_.summary.reason));
  start_.cancel();
  of_.feed->stop();
  for (auto& one : run.asking.asleep) one.alarm.cancel();
  for (const auto& gate : run.asking.gates) gate->close();
  run.asking.relief.call_all();
  give_grace(drain_for(of_.what, cause_));
}

void conductor::give_grace(const drain& left) {
  grace_.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(left.seconds)));
  grace_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) stop_at_once();
  });
}

void conductor::stop_at_once() {
  for_judges(*of_.shared, [](judging& one) { one.stop(); });
  for (const auto& gate : of_.shared->asking.gates) {
    for (const auto& one : gate->endpoints()) one->client->stop();
  }
}

void conductor::stop_for(std::exception_ptr unexpected) {
  of_.shared->asking.cut_short = true;
  const error why = io::explain(unexpected);
  of_.shared->asking.stop.raise(status_of(why), why.message);
}

// False when a signal has come in the phase before.
bool conductor::begin(phase next) {
  const io::lock held(phase_mutex_);
  phase_ = next;
  return signal_ == 0;
}

// On the watch's thread.
void conductor::on_signal(int number, int count) {
  const io::lock held(phase_mutex_);
  if (count == 1 || signal_ == 0) signal_ = number;
  if (count > 1) hurry_ = true;
  if (phase_ == preparing) {
    of_.stop_reading->raise();
    of_.stop_writing->raise();
  } else if (phase_ == working) {
    asio::post(of_.context, [this, number, count] { on_signal_at_work(number, count); });
  }
  const bool is_warning = number == SIGUSR1;
  if ((phase_ == closing && !is_warning) || hurry_) {
    if (of_.views) of_.views->abandon();
    of_.stop_writing->raise();
  }
}

void conductor::on_signal_at_work(int number, int count) {
  const bool is_warning = number == SIGUSR1;
  if (!of_.shared->asking.stop.is_raised() && (is_warning || count == 1)) {
    on_first_signal(number);
  } else if (count == 1 && cause_ == stop_cause::warning) {
    on_end_behind_warning(number);
  } else if (!is_warning) {
    of_.display->say(fmt::format("{} again: stopping at once", io::name_of_signal(number)));
    stop_at_once();
  }
}

void conductor::on_first_signal(int number) {
  cause_ = cause_of(number);
  const char* const name = io::name_of_signal(number);
  of_.shared->asking.stop.raise(
      exit_status::stopped,
      fmt::format("{}: {}{}", name, waiting_text(drain_for(of_.what, cause_)),
                  number == SIGUSR1 || number == SIGHUP ? "" : ", again to stop at once"));
  of_.summary.reason = name;
}

// There is less time from now on, and never more.
void conductor::on_end_behind_warning(int number) {
  cause_ = cause_of(number);
  const drain left = drain_for(of_.what, cause_);
  const auto ends = std::chrono::steady_clock::now() + std::chrono::duration<double>(left.seconds);
  if (ends >= grace_.expiry()) return;
  of_.display->say(fmt::format("{}: {}", io::name_of_signal(number), waiting_text(left)));
  give_grace(left);
}

// On the watch's thread, when something does not come to its end by itself. What was handed to the
// ledger's thread is written in milliseconds, unless its disk is what hangs.
void conductor::end_now(int number) const {
  for (int i = 0; i < 50 && of_.ledger && of_.ledger->backlog() > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  io::print_line(stderr, fmt::format("{} again: ended at once", io::name_of_signal(number)));
  std::_Exit(static_cast<int>(exit_status::stopped));
}

}  // namespace retort::engine
