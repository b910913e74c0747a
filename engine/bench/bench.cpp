#include "engine/bench/bench.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <filesystem>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "engine/bench/bench_prompts.hpp"
#include "engine/bench/probe.hpp"
#include "engine/bench/request_lines.hpp"
#include "engine/bench/send_loop.hpp"
#include "engine/bench/verdict.hpp"
#include "engine/config/prices.hpp"
#include "engine/endpoint/endpoint_source.hpp"
#include "engine/measure/load_search.hpp"
#include "engine/serve/awaited_servers.hpp"
#include "engine/witness/answer_check.hpp"
#include "engine/witness/audit.hpp"
#include "engine/witness/room_for_requests.hpp"
#include "engine/witness/server_watch.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/unexpected.hpp"
#include "io/file/sink.hpp"
#include "io/process/ending_signals.hpp"

namespace retort::engine {
namespace {

result<std::uint64_t> cap_of(const bench_options& options, const room_for_requests& room) {
  for (const load_level& one : options.loads) {
    if (one.is_open() || one.concurrency <= room.most()) continue;
    return error{errc::usage,
                 fmt::format("{} needs as many connections, and {}", text_of(one), room.why())};
  }
  if (options.most_in_flight == 0) return room.most();
  return std::min(options.most_in_flight, room.most());
}

// Those that this process may use.
std::uint64_t cores_at_hand() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::uint64_t>(CPU_COUNT(&set));
}

// Of requests' lines: who follows the file sees them, and a full disk is told.
constexpr std::chrono::milliseconds longest_unwritten{200};
// Of each kind: a median that is bound well.
constexpr std::uint64_t audited_requests = 100;

// Of several, so that not all are asked of the same.
bool has_models_of_steps(const config& what) {
  const auto has_own = [](const config& step) { return step.has_own_models; };
  return !what.earlier.empty() && (has_own(what) || std::ranges::any_of(what.earlier, has_own));
}

class benchmark {
 public:
  benchmark(const config& what, const bench_options& options, const bench_events& events)
      : asked_(what),
        own_(as_measured(what, options.streams)),
        options_(options),
        events_(events) {}

  result<void> prepare(const std::map<std::size_t, embedded_provider>& embedded);
  result<bench_result> perform();

 private:
  friend io::awaitable<> carry(benchmark* all);
  friend io::awaitable<> sweep(benchmark* all);
  friend io::awaitable<> search(benchmark* all, std::size_t place);
  friend io::awaitable<> search_trial(benchmark* all, const load_level* load, std::size_t place);
  friend io::awaitable<> audit_trial(benchmark* all, std::size_t place, prompt_supply* prompts,
                                     const bench_options* how, trial_result* into);
  friend io::awaitable<> audit_one(benchmark* all, std::size_t place);
  friend io::awaitable<> audit_all(benchmark* all);
  friend io::awaitable<> probe_all(benchmark* all);
  friend io::awaitable<> probe_one(benchmark* all, std::size_t place);
  friend io::awaitable<> one_trial(benchmark* all, std::uint64_t run, std::size_t level,
                                   const load_level* load, std::size_t place);

  result<void> open_file();
  result<void> take_prompts();
  result<void> make_watches();
  void make_loops();
  result<void> plan_serving();
  void lose(const planned_server& of, const error& why);
  std::vector<lane> lanes_to(std::size_t place) const;
  void take_watch(std::size_t place);
  void note_room(const endpoint& at, const measurement& first);
  void note(std::string line);
  void note_audit(std::size_t place) const;
  void show_progress();
  trial_progress progress_of(const trial_result& made) const;
  void hear_signals();
  void stop(const std::string& why);
  void stop_clients();
  std::unique_ptr<prompt_supply> supply_for(const word_scale& scale) const;
  trial_setting setting(std::size_t place, trial_result* of);
  void write_down(const trial_result& of, const measurement& one);
  void heed(const result<void>& written);
  void end_file();
  void keep(trial_result done);
  void note_saturation(std::size_t place, const load_level& load);
  bool is_beyond(std::size_t place, const load_level& load) const;
  bool is_over() const { return !result_.reason.empty(); }
  void leave_out(std::size_t place, const std::string& why);
  bool is_left_out(std::size_t place) const { return left_out_[place] != 0; }

  const config& asked_;
  config own_;
  bench_options options_;
  const bench_events& events_;
  io::asio::io_context context_{1};
  io::signal_set signals_{context_.get_executor()};
  std::vector<std::unique_ptr<endpoint>> endpoints_;
  std::vector<std::unique_ptr<send_loop>> loops_;         // beside this one
  std::vector<asked_prompt> prompts_;                     // empty: they are made up
  std::vector<std::unique_ptr<prompt_supply>> supplies_;  // by endpoint
  std::optional<io::sink> file_;
  measurement::stamp written_down_;    // when it was last flushed
  std::optional<error> file_problem_;  // the first
  std::string line_;
  measurement::stamp began_ = measurement::clock::now();
  std::unique_ptr<answer_check> check_;  // null: answers are not evaluated
  trial* current_ = nullptr;
  const trial_result* making_ = nullptr;                // by the current one
  const bench_options* how_ = &options_;                // what that goes by
  std::vector<std::unique_ptr<server_watch>> watches_;  // by endpoint; null: it has no metrics
  const room_for_requests room_ = room_of_this_process();
  std::uint64_t asked_cap_ = 0;                      // --max-concurrency
  std::chrono::nanoseconds first_answer_{0};         // the longest of the endpoints'
  std::vector<std::optional<double>> saturated_at_;  // by endpoint: the lowest such rate
  std::vector<char> left_out_;                       // by endpoint
  std::string last_failure_;                         // why the last of them was
  io::timer pause_{context_.get_executor()};
  io::alarm tick_{context_.get_executor()};
  std::unique_ptr<awaited_servers> serving_;  // null: it starts none
  std::exception_ptr unexpected_;
  bench_result result_;
};

result<void> benchmark::open_file() {
  if (options_.each_file.empty()) return {};
  std::error_code none;
  if (std::filesystem::is_fifo(options_.each_file, none)) {
    return error{errc::usage,
                 options_.each_file +
                     " is a pipe, whose reader would hold up the requests; expected a file"};
  }
  auto opened = io::sink::open(options_.each_file, 0);
  if (!opened) return opened.error();
  file_ = std::move(*opened);
  if (auto begun = file_->append(request_head()); !begun) return begun;
  return file_->flush();
}

result<void> benchmark::prepare(const std::map<std::size_t, embedded_provider>& embedded) {
  if (auto checked = check(options_); !checked) return checked;
  asked_cap_ = options_.most_in_flight;
  for (load_level& one : options_.loads) {
    if (one.is_open()) one.cap = asked_cap_;
  }
  auto cap = cap_of(options_, room_);
  if (!cap) return cap.error();
  options_.most_in_flight = *cap;
  for (const model_config& one : own_.models) {
    if (one.batch) return error{errc::usage, "mode: batch: a batch has no times to measure"};
  }
  if (auto fit = check_sessions(asked_, options_); !fit) return fit;
  if (has_models_of_steps(asked_)) {
    result_.notes.emplace_back(
        "every step is asked of the models of the last one: those of others are a run's");
  }
  if (auto found = find_services(own_); !found) return found;
  if (!options_.input) {
    if (auto held = take_prompts(); !held) return held;
    auto check = answer_check::make(context_, asked_);
    if (!check) return check.error();
    check_ = std::move(*check);
    context_.restart();
    if (check_ && !check_->note().empty()) result_.notes.push_back(check_->note());
    if (!check_ && !asked_.evaluate.empty()) {
      result_.notes.emplace_back("bench asks no judge: answers are not evaluated");
    }
  }
  if (auto planned = plan_serving(); !planned) return planned;
  auto made = make_endpoints(own_, embedded, context_.get_executor(),
                             [](const char* name) { return std::getenv(name); });
  if (!made) return made.error();
  endpoints_ = std::move(*made);
  for (const auto& one : endpoints_) one->client->stamp_arrivals();
  saturated_at_.resize(endpoints_.size());
  supplies_.resize(endpoints_.size());
  left_out_.resize(endpoints_.size());
  if (auto watched = make_watches(); !watched) return watched;
  return open_file();
}

result<void> benchmark::take_prompts() {
  auto prompts = prompts_of(asked_, options_.asked.own.has_value());
  if (!prompts) return prompts.error();
  prompts_ = std::move(*prompts);
  if (!options_.asked.own && !has_steps(asked_, options_)) return {};
  auto sessions = sessions_of(asked_, prompts_);
  if (!sessions) return sessions.error();
  result_.sessions = options_.asked.own = *sessions;
  return {};
}

result<void> benchmark::plan_serving() {
  awaited_servers::listener told;
  told.say = [this](const std::string& line) {
    if (events_.say) events_.say(line);
  };
  told.ended = [this](const std::string& line) { note(line); };
  told.lost = [this](const planned_server& of, const error& why) { lose(of, why); };
  auto made = awaited_servers::make(context_.get_executor(), own_, asked_, std::move(told));
  if (!made) return made.error();
  serving_ = std::move(*made);
  return {};
}

// One that never was ready ends all of it; one that served before is as any endpoint that fails.
void benchmark::lose(const planned_server& of, const error& why) {
  if (why.code == errc::usage) {
    if (!is_over()) result_.status = bench_status::bad_input;
    return stop(why.message + (serving_->were_ready() ? "" : "; nothing was sent"));
  }
  for (std::size_t place = 0; place < endpoints_.size(); ++place) {
    if (endpoints_[place]->name != of.base_url || is_left_out(place)) continue;
    leave_out(place, why.message);
    if (current_ && making_->place == place) current_->stop(why.message);
  }
}

void benchmark::make_loops() {
  const std::uint64_t wanted = loops_of(options_, cores_at_hand(), first_answer_);
  while (loops_.size() + 1 < wanted && !is_over()) {
    auto one = send_loop::make(endpoints_);
    if (!one) {
      result_.status = bench_status::bad_input;
      return stop(one.error().message);
    }
    loops_.push_back(std::move(*one));
  }
}

std::vector<lane> benchmark::lanes_to(std::size_t place) const {
  std::vector<lane> out;
  for (const auto& one : loops_) out.push_back({one->on(), one->at(place)});
  return out;
}

// The first entry has the address that was given: it is one server's.
result<void> benchmark::make_watches() {
  watches_.resize(endpoints_.size());
  if (!options_.watches_server) return {};
  if (!options_.server_metrics.empty() && endpoints_.size() > 1) {
    return error{errc::usage, "--server-metrics is of one server; expected one endpoint"};
  }
  for (std::size_t place = 0; place < endpoints_.size(); ++place) {
    auto made = server_watch::make(context_.get_executor(), *endpoints_[place]->client,
                                   options_.server_metrics);
    if (!made) return made.error();
    watches_[place] = std::move(*made);
  }
  return {};
}

// One without metrics is watched no further, and told of where they were asked for.
void benchmark::take_watch(std::size_t place) {
  auto& watch = watches_[place];
  if (watch->problem().empty()) return;
  if (!options_.server_metrics.empty()) {
    note(fmt::format("{}: no metrics: {}", watch->address(), watch->problem()));
  }
  watch.reset();
}

void benchmark::note(std::string line) {
  if (events_.say) events_.say(line);
  result_.notes.push_back(std::move(line));
}

void benchmark::note_audit(std::size_t place) const {
  if (events_.say) events_.say(endpoints_[place]->name + ": audit of repeated prompts");
}

// What an open loop needs, by the time of the first answer.
void benchmark::note_room(const endpoint& at, const measurement& first) {
  const double ns = value_of(first, metric::e2e).value_or(0), seconds = ns / 1e9;
  first_answer_ = std::max(first_answer_, std::chrono::nanoseconds(std::llround(ns)));
  const auto rate = [&](const load_level& of) {
    if (of.rule) return highest_rate(*of.rule) * options_.asked.mean_turns();
    const auto time = std::chrono::nanoseconds(std::llround(ns));
    const auto most = most_within(*options_.asked.replayed, of.trace_speed, time);
    return static_cast<double>(most) / seconds;
  };
  for (const load_level& one : options_.loads) {
    if (!one.is_open() || !(seconds > 0)) continue;
    const std::string lack = lack_of_room(rate(one), seconds, room_, asked_cap_);
    if (!lack.empty()) note(at.name + ": " + lack);
  }
}

trial_progress benchmark::progress_of(const trial_result& made) const {
  const trial_moment now = current_->now();
  const trial_extent extent = extent_of(*how_, made.load);
  trial_progress out;
  out.what = endpoints_.size() > 1
                 ? fmt::format("{} {}: {}", made.endpoint, made.model, text_of(made.load))
                 : text_of(made.load);
  out.part = now.is_measuring ? "" : "warm-up";
  out.elapsed = now.elapsed;
  out.in_flight = now.in_flight;
  if (extent.duration) out.duration = *extent.duration;
  out.requests = extent.requests;
  out.so_far = &made.measured;
  return out;
}

void benchmark::show_progress() {
  if (!events_.progress) return;
  tick_.set(events_.interval, [this] {
    if (!current_) return;
    events_.progress(progress_of(*making_));
    show_progress();
  });
}

void benchmark::hear_signals() {
  io::add_ending_signals(signals_);
  signals_.async_wait([this](const boost::system::error_code& ec, int number) {
    if (ec) return;
    io::let_next_signal_end(signals_);
    result_.status = bench_status::cut_short;
    stop(fmt::format("cut short by {}", io::name_of_signal(number)));
  });
}

void benchmark::stop_clients() {
  for (const auto& one : endpoints_) one->client->stop();
  for (const auto& one : loops_) one->stop();
}

void benchmark::stop(const std::string& why) {
  if (!is_over()) result_.reason = why;
  if (current_) current_->stop(why);
  pause_.cancel();
  stop_clients();
  if (check_) check_->stop();
  if (serving_) serving_->stop();
  for (const auto& one : watches_) {
    if (one) one->stop();
  }
}

std::unique_ptr<prompt_supply> benchmark::supply_for(const word_scale& scale) const {
  std::unique_ptr<prompt_supply> out;
  if (options_.asked.replayed) {
    out = replayed_prompts(options_, own_.sampling, scale);
  } else if (!prompts_.empty()) {
    out = shuffled_prompts(options_.seed, prompts_);
  } else {
    out = made_up_prompts(options_, own_.sampling, scale);
  }
  if (options_.asked.busts_cache) out = cache_busting(options_.nonce, std::move(out));
  return out;
}

void benchmark::write_down(const trial_result& of, const measurement& one) {
  line_.clear();
  append_request(of, one, began_, line_);
  heed(file_->append(line_));
  const auto now = measurement::clock::now();
  if (now - written_down_ < longest_unwritten) return;
  written_down_ = now;
  heed(file_->flush());
}

// A benchmark of hours is not lost for a full disk: it goes on, and says so at once.
void benchmark::heed(const result<void>& written) {
  if (written || file_problem_) return;
  file_problem_ = written.error();
  note(file_problem_->message + ": it lacks lines");
}

void benchmark::end_file() {
  if (file_) heed(file_->flush());
  if (!file_problem_ || is_over()) return;
  result_.status = bench_status::bad_input;
  result_.reason = file_problem_->message;
}

trial_setting benchmark::setting(std::size_t place, trial_result* of) {
  trial_setting out{
      context_.get_executor(), endpoints_[place].get(), supplies_[place].get(), &options_, {}};
  if (file_) out.each = [this, of](const measurement& one) { write_down(*of, one); };
  if (check_) {
    out.answered = [this](const asked_prompt& what, providers::completion came) {
      check_->keep(what.record, std::move(came));
    };
  }
  out.further = lanes_to(place);
  return out;
}

// It is asked nothing more; the others go on.
void benchmark::leave_out(std::size_t place, const std::string& why) {
  if (std::exchange(left_out_[place], 1) != 0) return;
  last_failure_ = endpoints_[place]->name + ": " + why;
  if (endpoints_.size() == 1 && result_.trials.empty()) return;
  note("left out from then on: " + last_failure_);
}

// A search learns from what fails; a sweep would only fail on.
void benchmark::keep(trial_result done) {
  const bool is_none = done.measured.requests() == 0;
  if (is_none && is_over()) return;
  const std::string why = why_nothing(done, options_.streams);
  if (!why.empty() && !is_over() && (is_none || !options_.searches)) {
    leave_out(done.place, text_of(done.load) + ": " + why);
  }
  if (is_none) return;
  result_.trials.push_back(std::move(done));
  if (events_.done) events_.done(result_.trials.back());
}

// Higher rates would show no more than a longer line at the door.
void benchmark::note_saturation(std::size_t place, const load_level& load) {
  auto& lowest = saturated_at_[place];
  lowest = std::min(lowest.value_or(load.amount()), load.amount());
}

bool benchmark::is_beyond(std::size_t place, const load_level& load) const {
  return load.is_open() && saturated_at_[place] && load.amount() > *saturated_at_[place];
}

// One that is busy just now is asked again, a few times.
io::awaitable<> probe_one(benchmark* all, std::size_t place) {
  endpoint* const at = all->endpoints_[place].get();
  const asked_prompt* const own = all->prompts_.empty() ? nullptr : &all->prompts_.front();
  probe_result seen;
  boost::system::error_code ignored;
  std::chrono::milliseconds waited{0};
  for (int tries = 1;; ++tries) {
    co_await probe(at, &all->options_, own, &all->own_.sampling, &seen);
    const auto pause = wait_before_again(seen, tries, waited);
    if (!pause || all->is_over()) break;
    waited += *pause;
    all->pause_.expires_after(*pause);
    co_await all->pause_.async_wait(io::asio::redirect_error(io::use_awaitable, ignored));
    if (all->is_over()) break;
  }
  if (all->is_over()) co_return;
  if (!seen.refused.empty()) {
    all->leave_out(place, seen.refused);
    co_return;
  }
  for (const auto& note : seen.notes) all->result_.notes.push_back(at->name + ": " + note);
  if (seen.first) all->note_room(*at, *seen.first);
  all->supplies_[place] = all->supply_for(seen.scale);
  if (!all->watches_[place]) co_return;
  co_await look(all->watches_[place].get(), nullptr);
  all->take_watch(place);
}

io::awaitable<> probe_all(benchmark* all) {
  for (std::size_t place = 0; place < all->endpoints_.size() && !all->is_over(); ++place) {
    co_await probe_one(all, place);
  }
}

io::awaitable<> one_trial(benchmark* all, std::uint64_t run, std::size_t level,
                          const load_level* load, std::size_t place) {
  if (all->serving_) co_await wait_for_server(all->serving_.get(), &all->endpoints_[place]->name);
  if (all->is_over() || all->is_left_out(place)) co_return;
  trial_result made;
  made.endpoint = all->endpoints_[place]->name;
  if (all->serving_) made.served = all->serving_->place_of(made.endpoint);
  made.model = all->endpoints_[place]->model->model;
  made.load = *load;
  made.sessions = name_of_sessions(all->options_.asked);
  made.place = place;
  made.level = level;
  if (const auto known = price_of(*all->endpoints_[place]->model)) made.costs = *known;
  made.run = run;
  made.number = all->result_.trials.size();
  all->supplies_[place]->begin(all->result_.trials.size() + 1, run);
  if (all->events_.say) {
    all->events_.say(fmt::format("{} {}: {}", made.endpoint, made.model, text_of(made.load)));
  }
  const trial_setting with = all->setting(place, &made);
  trial one(with, &made);
  all->current_ = &one;
  all->making_ = &made;
  all->show_progress();
  server_watch* const watch = all->watches_[place].get();
  server_course seen;
  if (watch) watch->begin(&seen, [&one] { return one.now().is_measuring; });
  co_await perform(&one);
  all->current_ = nullptr;
  all->tick_.cancel();
  if (watch) watch->end();
  if (watch) co_await ended(watch);
  if (seen.samples > 0) made.server = seen;
  if (all->options_.reference) {
    std::string apart = lengths_apart(made.measured, *all->options_.reference);
    if (!apart.empty()) made.against.push_back(std::move(apart));
  }
  if (all->check_) {
    co_await check_answers(all->check_.get(), &made.correctness.emplace());
    if (made.correctness->answers() == 0) made.correctness.reset();
  }
  if (made.over_saturated) all->note_saturation(place, made.load);
  if (all->file_) all->heed(all->file_->flush());
  all->keep(std::move(made));
}

// The load that searches vary: a copy of one of the two given, with another amount.
load_level with_amount(load_level load, double amount) {
  if (load.is_replay()) {
    load.trace_speed = amount;
  } else if (load.rule) {
    load.rule->rate = amount;
  } else {
    load.concurrency = static_cast<std::uint64_t>(amount);
  }
  return load;
}

// Again, where it may have been the client: once.
io::awaitable<> search_trial(benchmark* all, const load_level* load, std::size_t place) {
  auto& trials = all->result_.trials;
  co_await one_trial(all, 0, trials.size(), load, place);
  if (all->is_over() || all->is_left_out(place)) co_return;
  if (!is_in_doubt(trials.back(), all->options_.slos)) co_return;
  trials.back().superseded = true;
  co_await one_trial(all, 0, trials.size(), load, place);
}

io::awaitable<> search(benchmark* all, std::size_t place) {
  const load_level& low = all->options_.loads.front();
  const endpoint& at = *all->endpoints_[place];
  highest_load found{at.name, at.model->model, place, {}, true};
  load_search upwards(low.amount(), all->options_.loads.back().amount(), !low.is_open());
  for (auto amount = upwards.next(); amount; amount = upwards.next()) {
    const load_level load = with_amount(low, *amount);
    co_await search_trial(all, &load, place);
    if (all->is_over() || all->is_left_out(place)) co_return;
    const trial_result& last = all->result_.trials.back();
    found.certain &= !is_in_doubt(last, all->options_.slos);
    upwards.tell(*amount, last.measured.keeps_all(all->options_.slos));
  }
  if (upwards.best()) found.load = with_amount(low, *upwards.best());
  all->result_.highest.push_back(std::move(found));
}

io::awaitable<> sweep(benchmark* all) {
  const std::size_t places = all->endpoints_.size();
  for (std::uint64_t run = 0; run < all->options_.runs; ++run) {
    for (std::size_t level = 0; level < all->options_.loads.size(); ++level) {
      const load_level& load = all->options_.loads[level];
      for (std::size_t turn = 0; turn < places && !all->is_over(); ++turn) {
        const std::size_t place = (turn + run) % places;
        if (all->is_left_out(place) || all->is_beyond(place, load)) continue;
        co_await one_trial(all, run, level, &load, place);
      }
    }
  }
}

// Not one of the result's trials.
io::awaitable<> audit_trial(benchmark* all, std::size_t place, prompt_supply* prompts,
                            const bench_options* how, trial_result* into) {
  into->load = how->loads.front();
  into->place = place;
  trial_setting with{all->context_.get_executor(), all->endpoints_[place].get(), prompts, how, {}};
  with.further = all->lanes_to(place);
  trial one(with, into);
  all->current_ = &one;
  all->making_ = into;
  all->how_ = how;
  all->show_progress();
  co_await perform(&one);
  all->current_ = nullptr;
  all->tick_.cancel();
}

// Other prompts first, then one again and again.
io::awaitable<> audit_one(benchmark* all, std::size_t place) {
  if (all->serving_) co_await wait_for_server(all->serving_.get(), &all->endpoints_[place]->name);
  if (all->is_over() || all->is_left_out(place)) co_return;
  bench_options how = all->options_;
  how.duration.reset();
  how.requests = audited_requests;
  how.slos.clear();
  how.asked = {};
  if (how.loads.front().is_replay()) how.loads = {{.concurrency = 1}};
  prompt_supply* const others = all->supplies_[place].get();
  audit found{"", "repeats", audit_result::untold, ""};
  if (!all->prompts_.empty() && all->prompts_.size() < audited_requests) {
    found.line = fmt::format("the dataset has {} records; expected {} prompts that differ",
                             all->prompts_.size(), audited_requests);
  } else {
    trial_result usual, again;
    all->note_audit(place);
    others->begin(all->result_.trials.size() + 1, 0);
    co_await audit_trial(all, place, others, &how, &usual);
    const auto same = repeated_prompt(*others);
    if (!all->is_over()) co_await audit_trial(all, place, same.get(), &how, &again);
    found = audit_repeats(usual.measured, again.measured, how.streams);
  }
  if (all->is_over()) co_return;
  found.endpoint = all->endpoints_[place]->name;
  all->result_.audits.push_back(std::move(found));
}

io::awaitable<> audit_all(benchmark* all) {
  if (!all->options_.audits) co_return;
  for (std::size_t place = 0; place < all->endpoints_.size() && !all->is_over(); ++place) {
    if (!all->is_left_out(place)) co_await audit_one(all, place);
  }
}

io::awaitable<> carry(benchmark* all) {
  if (all->serving_) {
    all->serving_->start();
    co_await wait_for_servers(all->serving_.get());
  }
  co_await probe_all(all);
  all->make_loops();
  if (!all->options_.searches) {
    co_await sweep(all);
  } else {
    for (std::size_t place = 0; place < all->endpoints_.size() && !all->is_over(); ++place) {
      if (!all->is_left_out(place)) co_await search(all, place);
    }
  }
  co_await audit_all(all);
  if (all->check_) co_await close_check(all->check_.get());
}

result<bench_result> benchmark::perform() {
  hear_signals();
  io::asio::co_spawn(context_, carry(this), [this](std::exception_ptr thrown) {
    unexpected_ = thrown;
    current_ = nullptr;
    tick_.cancel();
    signals_.cancel();
    stop_clients();
    if (serving_) serving_->stop();
    for (const auto& one : watches_) {
      if (one) one->stop();
    }
  });
  context_.run();
  for (const auto& one : loops_) {
    if (auto thrown = one->end(); thrown && !unexpected_) unexpected_ = thrown;
  }
  if (unexpected_) return io::explain(unexpected_);
  end_file();
  if (result_.trials.empty() && !is_over()) {
    result_.status = bench_status::nothing_measured;
    result_.reason = last_failure_;
  }
  settle(result_, options_);
  return std::move(result_);
}

}  // namespace

result<bench_result> bench(const config& what, const bench_options& options,
                           const std::map<std::size_t, embedded_provider>& embedded,
                           const bench_events& events) {
  benchmark all(what, options, events);
  if (auto prepared = all.prepare(embedded); !prepared) return prepared.error();
  return all.perform();
}

}  // namespace retort::engine
