#include "engine/bench/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "engine/bench/measured_request.hpp"
#include "engine/bench/verdict.hpp"
#include "engine/workload/wake_delay.hpp"

namespace retort::engine {
namespace {

using clock = measurement::clock;
using stamp = measurement::stamp;

// An endpoint that only fails now is not asked on and on: a refused connection costs a moment.
constexpr std::uint64_t most_failures_in_a_row = 1000;
// How many requests that are overdue begin before the loop gets a turn.
constexpr int most_at_once = 16;

double seconds(clock::duration time) { return std::chrono::duration<double>(time).count(); }

std::optional<double> rate(std::uint64_t count, stamp first, stamp last) {
  if (count < 2 || last <= first) return std::nullopt;
  return static_cast<double>(count - 1) / seconds(last - first);
}

// Behind the beginning; nothing when all are through.
using schedule = std::function<std::optional<std::chrono::nanoseconds>()>;

schedule replay(std::shared_ptr<const trace> of, double speed) {
  return [of = std::move(of), speed, next = std::size_t{0}]() mutable {
    return next < of->requests.size() ? std::optional(replayed_at(of->requests[next++], speed))
                                      : std::nullopt;
  };
}

schedule schedule_of(const bench_options& options, const trial_result& of) {
  if (of.load.is_replay()) return replay(options.asked.replayed, of.load.trace_speed);
  return [times = arrivals(*of.load.rule, seed_of(options.seed, of.run),
                           extent_of(options, of.load).warm_up)]() mutable {
    return std::optional(times.next());
  };
}

// As of failures: some are the workload's own, many make it another one.
constexpr double most_unusable = 0.01;

std::string lack_of_steps(const trial_result& of) {
  const std::uint64_t count = of.unusable.count, all = of.measured.successes;
  if (static_cast<double>(count) <= most_unusable * static_cast<double>(all)) return "";
  return fmt::format("{} of {} answers could not be used by the next turn, over {:.0f} %: {}",
                     count, all, most_unusable * 100, of.unusable.example);
}

}  // namespace

trial::trial(const trial_setting& with, trial_result* into)
    : with_(with),
      into_(into),
      window_(extent_of(*with.options, into->load)),
      watch_(with.on),
      dealer_(1 + with.further.size()),
      given_up_(with.options->asked.cancel, seed_of(with.options->seed, into->run)),
      thoughts_(seed_of(with.options->seed, into->run), drawn_for::thinking),
      alarm_(with.on) {
  into_->conduct.cap = with.options->most_in_flight;
  into_->conduct.loops = 1 + with.further.size();
  if (with.options->asked.own) into_->steps = with.options->asked.own->steps;
  for (const lane& one : with.further) lanes_.push_back(std::make_unique<watched_lane>(one));
}

void trial::stop(const std::string& why) {
  into_->conduct.cut_by = why;
  stopped_ = true;
  close();
}

void trial::fail(std::exception_ptr why) {
  if (!unexpected_) unexpected_ = std::move(why);
  stop("something unexpected");
  with_.to->client->stop();
  for (const auto& one : lanes_) {
    io::asio::post(one->which.on, [to = one->which.to] { to->client->stop(); });
  }
}

void trial::close() {
  window_.close();
  alarm_.cancel();
  for (io::timer* const one : thinking_) one->cancel();
}

trial_moment trial::now() const {
  if (!is_watching_) return {false, {}, in_flight_};
  return {true, clock::now() - watch_.began(), in_flight_};
}

// The watch begins with the first request that is measured: what the warm-up costs, such as TLS
// handshakes, is not the trial's.
std::optional<trial::ticket> trial::next(stamp scheduled, stamp at) {
  const trial_part part = window_.next(at);
  if (part == trial_part::over) {
    close();
    return std::nullopt;
  }
  if (part == trial_part::measured && !std::exchange(is_watching_, true)) {
    watch_.begin(&into_->conduct);
    into_->backlog = under_way_for_warm_up();
  }
  return ticket{number_++, part, scheduled, under_way_ + 1, given_up_.next()};
}

// In a closed loop they have all ended, and what is under way are its places.
std::uint64_t trial::under_way_for_warm_up() const {
  return into_->load.is_open() ? under_way_ : 0;
}

void trial::start(io::awaitable<> task) {
  ++under_way_;
  io::asio::co_spawn(with_.on, std::move(task), [this](std::exception_ptr thrown) {
    if (thrown && !unexpected_) unexpected_ = thrown;
    if (thrown) close();
    if (--under_way_ == 0) end_.call_all();
  });
}

bool trial::takes_place() {
  if (in_flight_ >= into_->conduct.cap) return false;
  ++in_flight_;
  into_->conduct.most_in_flight = std::max(into_->conduct.most_in_flight, in_flight_);
  return true;
}

// To the one who waits longest, if there is one: nobody who comes later goes before.
void trial::gives_place() {
  if (!places_.call_one()) --in_flight_;
}

void trial::note_sent(const ticket& of, const measurement& one) {
  if (of.part != trial_part::measured || of.scheduled == stamp()) return;
  const bool is_first = count_++ == 0;
  first_scheduled_ = is_first ? of.scheduled : std::min(first_scheduled_, of.scheduled);
  first_sent_ = is_first ? one.sent_off : std::min(first_sent_, one.sent_off);
  last_scheduled_ = std::max(last_scheduled_, of.scheduled);
  last_sent_ = std::max(last_sent_, one.sent_off);
  into_->offered = rate(count_, first_scheduled_, last_scheduled_);
  into_->achieved = rate(count_, first_sent_, last_sent_);
}

void trial::note_open(const ticket& of, const measurement& one) {
  if (of.scheduled == stamp() || into_->load.is_ramp()) return;
  const double at = seconds(of.scheduled.time_since_epoch());
  const auto first = value_of(
      one, with_.options->streams ? metric::ttft_from_schedule : metric::e2e_from_schedule);
  under_way_then_.add(at, static_cast<double>(of.under_way));
  if (first) first_content_.add(at, *first);
  into_->over_saturated = is_over_saturated(under_way_then_, first_content_);
}

void trial::note_turn(const ticket& of, const measurement& one) {
  if (!with_.options->asked.has_sessions() || one.failed || one.to_cancel) return;
  into_->turns.resize(std::max<std::size_t>(into_->turns.size(), of.turn + 1));
  turn_figures& same = into_->turns[of.turn];
  if (const auto ttft = value_of(one, metric::ttft)) same.ttft.add(*ttft);
  if (const auto e2e = value_of(one, metric::e2e)) same.e2e.add(*e2e);
  same.input.add(input_tokens(one).value_or(-1));
}

void trial::ended(const ticket& of, measurement& one) {
  if (!one.to_cancel) failed_in_a_row_ = one.failed ? failed_in_a_row_ + 1 : 0;
  if (one.failed && failed_in_a_row_ == most_failures_in_a_row && !stopped_) {
    stop("1,000 requests in a row failed, the last by " + class_of(*one.failed));
  }
  if (of.part != trial_part::cool_down) note_open(of, one);
  if (of.part != trial_part::measured) return;
  one.number = of.number;
  if (with_.options->asked.has_sessions()) one.turn = of.turn + 1;
  into_->measured.add(one, with_.options->slos);
  into_->over_time.add(one);
  note_turn(of, one);
  watch_.end();
  if (with_.each) with_.each(one);
}

asked_prompt trial::prompt_for(session* of) {
  if (!of || of->turn == 0) return with_.prompts->next();
  if (with_.options->asked.own) return std::move(of->said);
  asked_prompt out = with_.prompts->further();
  std::erase_if(out.messages, providers::is_instruction);
  out.messages.insert(out.messages.begin(), of->said.messages.begin(), of->said.messages.end());
  return out;
}

std::uint64_t trial::turns_of(const asked_prompt& asked) const {
  if (!with_.options->asked.own) return with_.options->asked.turns;
  return 1 + (asked.later ? asked.later->count() : 0);
}

// A record's reference is about the last answer to it.
bool trial::is_checked(const ticket& of, const asked_prompt& asked) const {
  if (!with_.answered || of.part != trial_part::measured) return false;
  return !with_.options->asked.own || of.turn + 1 == turns_of(asked);
}

// Behind what is no answer nobody goes on.
void trial::go_on(session& of, trial_part part, asked_prompt& asked, measurement& answered,
                  const providers::completion& answer) {
  const std::uint64_t turn = std::exchange(of, {}).turn + 1;
  if (answered.failed || answered.is_cancelled || turn >= turns_of(asked)) return;
  if (!with_.options->asked.own) {
    if (answered.text.empty()) return;
    asked.messages.push_back({"assistant", std::move(answered.text)});
    of = {std::move(asked), turn};
    return;
  }
  const auto later = asked.later;
  auto next = later->behind(std::move(asked), turn, answer);
  if (next) of = {std::move(*next), turn};
  if (next || part != trial_part::measured) return;
  if (into_->unusable.count++ == 0) into_->unusable.example = next.error().message;
}

std::chrono::nanoseconds trial::thinking_time() {
  const double drawn = with_.options->asked.think_s.drawn(thoughts_);
  return std::chrono::nanoseconds(std::llround(drawn * 1e9));
}

// A trial that is over waits for nobody's thoughts.
io::awaitable<> think(trial* whole) {
  const auto time = whole->thinking_time();
  if (time.count() == 0 || whole->window_.is_closed()) co_return;
  io::timer alarm(whole->with_.on);
  boost::system::error_code ignored;
  alarm.expires_after(time);
  whole->thinking_.insert(&alarm);
  co_await alarm.async_wait(io::asio::redirect_error(io::use_awaitable, ignored));
  whole->thinking_.erase(&alarm);
}

// On the lane's own loop, where the request really goes off: that it was late to get there is seen
// as any lateness of the client's is.
io::awaitable<> send_by(trial::watched_lane* by, const asked_prompt* what, bool streams,
                        bool is_measured, measurement* into, providers::completion* answer) {
  if (is_measured && !std::exchange(by->is_watching, true)) by->watch.begin(&by->conduct);
  const stamp now = clock::now();
  if (into->sent_off == into->taken_up) into->taken_up = now;
  into->sent_off = now;
  co_await measure(by->which.to, what, streams, into, nullptr, answer);
  if (is_measured) by->watch.end();
}

io::awaitable<> ask(trial* whole, trial::ticket one, trial::session* of) {
  measurement made;
  made.scheduled = one.scheduled;
  made.to_cancel = one.to_cancel;
  made.taken_up = clock::now();
  const bool has_place = whole->takes_place();
  if (!has_place) {
    whole->into_->conduct.waited_for_place += one.part == trial_part::measured;
    co_await io::wait_in(&whole->places_);
  }
  made.sent_off = has_place ? made.taken_up : clock::now();
  asked_prompt what = whole->prompt_for(of);
  const bool streams = whole->with_.options->streams;
  const bool is_kept = whole->is_checked(one, what);
  providers::completion answer;
  const bool is_read = is_kept || whole->with_.options->asked.own.has_value();
  providers::completion* const into = is_read ? &answer : nullptr;
  if (!whole->stopped_) {
    const std::size_t loop = whole->dealer_.deal();
    if (loop == 0) {
      co_await measure(whole->with_.to, &what, streams, &made, nullptr, into);
    } else {
      trial::watched_lane* const by = whole->lanes_[loop - 1].get();
      const bool is_measured = one.part == trial_part::measured;
      auto carried = send_by(by, &what, streams, is_measured, &made, into);
      co_await io::asio::co_spawn(by->which.on, std::move(carried), io::use_awaitable);
    }
    whole->dealer_.ended(loop);
    whole->note_sent(one, made);
  }
  whole->gives_place();
  if (whole->stopped_ && !made.is_cancelled && (made.failed || made.last == stamp())) {
    whole->into_->unfinished += one.part == trial_part::measured;
    co_return;
  }
  if (is_kept && !made.failed && !made.is_cancelled) whole->with_.answered(what, std::move(answer));
  whole->ended(one, made);
  if (of) whole->go_on(*of, one.part, what, made, answer);
}

io::awaitable<> all_ended(trial* whole) {
  while (whole->under_way_ > 0) co_await io::wait_in(&whole->end_);
}

io::awaitable<> worker(trial* whole) {
  trial::session own;
  for (;;) {
    const stamp now = clock::now();
    auto one = whole->next({}, now);
    if (!one) break;
    one->turn = own.turn;
    co_await ask(whole, *one, &own);
    if (own.turn > 0) co_await think(whole);
  }
}

// The warm-up ends before the measured requests begin: all of those go through the same load.
io::awaitable<> closed_loop(trial* whole, trial_extent extent) {
  const std::uint64_t workers = whole->into_->load.concurrency;
  trial_extent warm_up;
  warm_up.warm_up = extent.warm_up;
  trial_extent rest = extent;
  rest.warm_up = 0;
  for (const trial_extent* phase : {&warm_up, &rest}) {
    if (whole->stopped_) break;
    whole->window_ = trial_window(*phase);
    for (std::uint64_t i = 0; i < workers; ++i) whole->start(worker(whole));
    co_await all_ended(whole);
  }
}

// A session that begins at its time; each further turn follows an answer, as a user's does.
io::awaitable<> session_from(trial* whole, trial::ticket first) {
  trial::session own;
  for (std::optional<trial::ticket> one = first; one; one = whole->next({}, clock::now())) {
    one->turn = own.turn;
    co_await ask(whole, *one, &own);
    if (own.turn == 0) break;
    co_await think(whole);
  }
}

// Each at its own time, whatever became of those before: one that is late goes out at once, none is
// left out, and the times of the others stay as they are.
io::awaitable<> open_loop(trial* whole) {
  const schedule times = schedule_of(*whole->with_.options, *whole->into_);
  const auto wake_delay = co_await measure_wake_delay(whole->with_.on);
  const stamp begin = clock::now();
  boost::system::error_code cancelled;
  for (int at_once = 0;;) {
    const auto due = times();
    if (!due) break;
    const stamp at = begin + *due;
    if (at > clock::now() && !whole->stopped_) {
      whole->alarm_.expires_at(at - wake_delay);
      co_await whole->alarm_.async_wait(io::asio::redirect_error(io::use_awaitable, cancelled));
      while (!cancelled && clock::now() < at) continue;  // wake_delay at most
      at_once = 0;
    }
    auto one = whole->next(at, at);
    if (!one) break;
    if (whole->with_.options->asked.has_sessions()) {
      whole->start(session_from(whole, *one));
    } else {
      whole->start(ask(whole, *one, nullptr));
    }
    if (++at_once % most_at_once == 0) co_await io::asio::post(whole->with_.on, io::use_awaitable);
  }
  co_await all_ended(whole);
}

io::awaitable<> end_watch(trial::watched_lane* of) {
  of->watch.stop();
  co_return;
}

io::awaitable<> end_watches(trial* whole) {
  whole->watch_.stop();
  for (const auto& one : whole->lanes_) {
    auto ended = end_watch(one.get());
    co_await io::asio::co_spawn(one->which.on, std::move(ended), io::use_awaitable);
    if (one->is_watching) whole->into_->conduct.add_loop(one->conduct);
  }
}

io::awaitable<> send_all(trial* whole) {
  if (whole->into_->load.is_open()) {
    co_await open_loop(whole);
  } else {
    co_await closed_loop(whole, extent_of(*whole->with_.options, whole->into_->load));
  }
}

// What is thrown ends the trial, but not before the requests that are under way: they know it.
io::awaitable<> perform(trial* whole) {
  try {
    co_await send_all(whole);
  } catch (...) {
    whole->fail(std::current_exception());
  }
  co_await all_ended(whole);
  co_await end_watches(whole);
  whole->into_->against = reasons_against(whole->into_->measured, whole->into_->conduct);
  std::string lacking = lack_of_steps(*whole->into_);
  if (!lacking.empty()) whole->into_->against.push_back(std::move(lacking));
  std::string backlog = why_backlogged(*whole->into_);
  if (!backlog.empty()) whole->into_->against.push_back(std::move(backlog));
  if (whole->unexpected_) std::rethrow_exception(whole->unexpected_);
}

}  // namespace retort::engine
