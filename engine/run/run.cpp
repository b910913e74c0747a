#include "engine/run/run.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/config/prices.hpp"
#include "engine/directory/dataset_source.hpp"
#include "engine/directory/output_files.hpp"
#include "engine/directory/resume.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/endpoint/request_bound.hpp"
#include "engine/prompt/constant_prompt.hpp"
#include "engine/record/record.hpp"
#include "engine/run/bottleneck.hpp"
#include "engine/run/diagnosis.hpp"
#include "engine/run/signal_watch.hpp"
#include "engine/sample/line_reader.hpp"
#include "engine/sample/sample_mask.hpp"
#include "io/base/console.hpp"
#include "io/base/unexpected.hpp"

namespace retort::engine {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// What the ledger keeps in reserve on a disk that is nearly full, and on one that is not.
constexpr std::size_t least_reserve = 256 << 10;
constexpr std::size_t comfortable_reserve = 16 << 20;

constexpr std::chrono::milliseconds watch_interval{50};

// Requests in flight at most, as far as somebody stated it.
std::uint64_t places(const config& what) {
  std::uint64_t sum = 0;
  for (const auto& model : what.models) {
    for (const auto& one : endpoints_of(model)) sum += one.limits.concurrency.value_or(1024);
  }
  return sum;
}

// A connection is a file. The soft limit is often 1,024 where the hard one is much higher.
result<void> raise_file_limit(const config& what) {
  rlimit limit{};
  const rlim_t needed = places(what) + 64;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return {};
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(needed, limit.rlim_cur));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= needed) return {};
  return error{errc::usage,
               fmt::format("{} requests in flight (models[].limits.concurrency) need {} open files "
                           "and the limit is {}: lower it, or raise the limit (ulimit -n)",
                           places(what), needed, limit.rlim_cur)};
}

// Everything between the parts of a run: built in order, torn down in the reverse.
class conductor {
 public:
  conductor(const config& what, const run_options& options) : what_(what), options_(options) {}

  // Each step leaves one clear error; nothing is sent before the last has passed.
  result<void> prepare();
  result<run_summary> perform();

 private:
  result<void> take_steps();
  result<void> open_gates();
  result<void> open_directory();
  result<void> open_ledger();
  result<void> open_outputs();
  result<void> resume();
  result<void> review_ledger();
  result<void> render_again(const io::row& row, const io::dataset_reader& from);
  result<void> count_spending();
  result<void> open_views();
  result<void> open_feed();
  result<void> resume_away();

  void stop(exit_status status, const std::string& reason);
  void stop_for_budget();
  void stop_at_once();
  void stop_for(std::exception_ptr unexpected);
  bool begin(int phase);
  void on_signal(int number, int count);
  void on_signal_at_work(int number, int count);
  [[noreturn]] void end_now(int number) const;
  void run_loop();
  void wind_up();
  void expect_lines();
  symptoms look(steady_clock::time_point now);
  void watch();
  void tick();
  progress_snapshot snapshot();
  void close(run_summary& summary);
  friend io::awaitable<> supervise(conductor* self);
  friend io::awaitable<> wait_for_records(conductor* self);

  const config& what_;
  const run_options& options_;
  run_summary summary_;
  std::unique_ptr<progress_display> display_;
  asio::io_context context_{1};
  run_directory directory_;
  std::optional<ledger_state> ledger_state_;
  std::optional<rendered_rows>
      rendered_;  // where the ledger's ids or references are not this config's
  std::optional<purse> purse_;
  std::optional<shared_run> shared_;
  batch_desks desks_;
  std::optional<output_files> outputs_;
  std::optional<view_follower> views_;
  std::unique_ptr<io::ledger_log> ledger_;
  std::optional<io::dataset_reader> dataset_;  // until the feed has it
  std::optional<row_feed> feed_;

  // Raised, they end what waits for the dataset's bytes, and for who reads the output.
  std::shared_ptr<io::interrupt> stop_reading_ = std::make_shared<io::interrupt>();
  std::shared_ptr<io::interrupt> stop_writing_ = std::make_shared<io::interrupt>();
  enum { preparing, working, closing };
  std::mutex phase_mutex_;
  int phase_ = preparing;        // under the mutex
  std::atomic<int> signal_ = 0;  // the first
  std::atomic<bool> hurry_ = false;
  io::timer ticker_{context_.get_executor()};
  io::timer grace_{context_.get_executor()};
  steady_clock::time_point began_ = steady_clock::now();
  progress_snapshot shown_;
  bool over_ = false;

  io::timer watcher_{context_.get_executor()};
  bottleneck bottleneck_;
  std::string_view bound_by_;
  steady_clock::time_point looked_ = began_;
  std::chrono::nanoseconds cpu_seen_{0};

  // The last member: it ends first, and hears from the first step on.
  signal_watch watch_{[this](int number, int count) { on_signal(number, count); },
                      [this](int number) { end_now(number); }};
};

result<void> conductor::prepare() {
  display_ = make_display(options_.display, what_.output.path == standard_output);
  auto taken = take_steps();
  const int number = signal_;
  if (taken || number == 0) return taken;
  return error{errc::cancelled,
               fmt::format("{}: stopped before anything was sent; the same command starts again",
                           name_of_signal(number))};
}

result<void> conductor::take_steps() {
  auto files = raise_file_limit(what_);
  if (!files) return files;
  auto prompt = prompts::make(what_);
  if (!prompt) return prompt.error();
  auto assess = assessor::make(what_);
  if (!assess) return assess.error();
  shared_.emplace(what_, context_.get_executor(), std::move(*prompt), std::move(*assess));
  shared_->stop = [this](exit_status status, const std::string& reason) { stop(status, reason); };
  shared_->say = [this](const std::string& line) {
    display_->say(shared_->keys.without_keys(line));
  };
  if (options_.warns_of_config) {
    for (const auto& warning : warn_of_constant_templates(what_)) display_->say(warning);
  }
  auto gates = open_gates();
  if (!gates) return gates;
  for (const auto step : {&conductor::open_directory, &conductor::open_ledger,
                          &conductor::open_outputs, &conductor::resume, &conductor::open_views,
                          &conductor::open_feed, &conductor::resume_away}) {
    auto passed = (this->*step)();
    if (!passed) return passed;
    if (signal_ != 0) return error{errc::cancelled, "stopped"};
  }
  return {};
}

result<void> conductor::open_gates() {
  auto endpoints = make_endpoints(what_, options_.embedded, context_.get_executor(), &std::getenv);
  if (!endpoints) return endpoints.error();
  shared_->keys = keys_of(*endpoints);
  for (const auto& warning : warn_of_shared_keys(what_, *endpoints)) display_->say(warning);
  if (what_.budget.usd || what_.budget.tokens) {
    purse_.emplace(what_.budget.usd, what_.budget.tokens);
    purse_->exhausted = [this] { stop_for_budget(); };
    purse_->settled = [this] {
      for (const auto& gate : shared_->gates) gate->serve_soon();
      shared_->relief.call_all();
    };
  }
  auto next = endpoints->begin();
  for (const auto& model : what_.models) {
    price costs;
    if (what_.budget.usd) {
      auto known = price_of(model);
      if (!known) return known.error();
      costs = *known;
    }
    const auto end = next + static_cast<std::ptrdiff_t>(endpoints_of(model).size());
    std::vector<std::unique_ptr<endpoint>> own{std::make_move_iterator(next),
                                               std::make_move_iterator(end)};
    next = end;
    shared_->gates.push_back(std::make_unique<admission>(context_.get_executor(), std::move(own),
                                                         most_output(what_.sampling),
                                                         purse_ ? &*purse_ : nullptr, costs));
    shared_->gates.back()->moved = [this] { shared_->relief.call_all(); };
  }
  make_desks(what_, desks_);
  return {};
}

void conductor::stop_for_budget() {
  summary_.over_budget = !shared_->stopping;
  const auto spent = purse_->money.spent();
  const std::string used = what_.budget.usd
                               ? fmt::format("{:.4f} of {} USD", spent.usd, *what_.budget.usd)
                               : fmt::format("{} of {} tokens", spent.tokens, *what_.budget.tokens);
  stop(exit_status::stopped,
       fmt::format("the budget is used up: {} spent, and the next request might cost more than is "
                   "left; raise budget to go on",
                   used));
}

result<void> conductor::open_directory() {
  directory_.path = what_.run_dir;
  summary_.directory = what_.run_dir;
  summary_.views = paths_of_views(what_);
  summary_.is_fresh = options_.fresh;
  // A dataset that cannot be opened should not leave a directory behind. This looks at its files
  // and reads none of them.
  auto readable = open_dataset(what_);
  if (!readable) return readable.error();
  summary_.is_piped = readable->is_read_once();
  if (options_.fresh) {
    auto moved = move_aside(directory_, what_);
    if (!moved) return moved.error();
    summary_.moved_to = *moved;
  }
  auto opened = open_run_directory(what_.run_dir);
  if (!opened) return opened.error();
  return {};
}

result<void> conductor::open_ledger() {
  io::ledger_options options;
  options.sync = what_.durability == durability::fsync;
  options.reserve_bytes = least_reserve;
  options.comfort_bytes = comfortable_reserve;
  options.committed = [this](std::string_view lines) {
    views_->committed(lines.size());
    if (shared_->relief_wanted.exchange(false)) {
      asio::post(context_, [this] { shared_->relief.call_all(); });
    }
  };
  options.failed = [this](const error& why) {
    asio::post(context_, [this, why] { stop(exit_status::stopped, why.message); });
  };
  auto opened = io::ledger_log::open(directory_.ledger(), std::move(options));
  if (!opened) return opened.error();
  ledger_ = std::move(*opened);
  shared_->ledger = ledger_.get();
  return {};
}

result<void> conductor::open_outputs() {
  output_options options;
  options.stop = stop_writing_;
  options.say = [this](const std::string& line) {
    asio::post(context_, [this, line] { display_->say(line); });
  };
  auto opened = output_files::open(what_, std::move(options));
  if (!opened) return opened.error();
  outputs_.emplace(std::move(*opened));
  return {};
}

result<void> conductor::resume() {
  auto admitted = admit_config(directory_, what_);
  if (!admitted) return admitted;
  auto state = scan(directory_.ledger(), static_cast<std::uint32_t>(what_.models.size()),
                    &shared_->assess, stop_reading_.get());
  if (!state) return state.error();
  ledger_state_ = std::move(*state);
  if (purse_) {
    auto spent = count_spending();
    if (!spent) return spent;
  }
  shared_->done = &ledger_state_->done;
  if (ledger_state_->damaged) {
    display_->say(
        fmt::format("{}: {} damaged lines (the first is line {}): their samples are made "
                    "again",
                    directory_.ledger(), ledger_state_->damaged, ledger_state_->first_damaged));
  }
  auto reviewed = review_ledger();
  if (!reviewed) return reviewed;
  auto& counts = shared_->counts;
  counts.accepted = ledger_state_->accepted;
  counts.rejected = ledger_state_->rejected;
  counts.resumed = ledger_state_->done.settled() - ledger_state_->left_out;
  counts.failed = ledger_state_->done.failed();
  counts.reopened = counts.done() - counts.resumed;
  return record_config(directory_, what_);
}

// The dataset must be the ledger's. What the ledger says of rows and verdicts under another config
// is made anew from it, so that this process counts and writes as if it had been so from the start.
result<void> conductor::review_ledger() {
  ledger_state& state = *ledger_state_;
  auto reader = open_dataset(what_, stop_reading_);
  if (!reader) return reader.error();
  dataset_.emplace(std::move(*reader));
  if (state.done.settled() == 0) return {};
  const bool render =
      state.rendered_otherwise + state.rendered_somehow > 0 && !shared_->assess.needs_no_row();
  settled_row each;
  if (render) {
    auto made = rendered_rows::create(directory_.path);
    if (!made) return made.error();
    rendered_.emplace(std::move(*made));
    each = [this](const io::row& row, const io::dataset_reader& from) {
      return render_again(row, from);
    };
  }
  auto verified = dataset_->is_read_once()
                      ? verify_in_passing(*dataset_, what_, state, directory_.ledger(), each)
                      : verify_dataset(what_, state, directory_.ledger(), each, stop_reading_);
  if (verified && rendered_) verified = rendered_->finish();
  if (!verified) return verified;
  if (state.stale == 0) return {};
  const reviewer review(&shared_->assess, rendered_ ? &*rendered_ : nullptr);
  return count_again(directory_.ledger(), review, state);
}

// A row that cannot be rendered any more ends the run or is left out, as dataset.on_error says.
result<void> conductor::render_again(const io::row& row, const io::dataset_reader& from) {
  sample rendered;
  auto made = render_row(*shared_, row, rendered);
  if (made) {
    mask_keys(shared_->keys, rendered);
    return rendered_->add(rendered);
  }
  const std::string line =
      fmt::format("{}:{}: {}", from.file_name(row.file), row.line, made.error().message);
  if (what_.dataset.on_error == on_error::fail) return error{errc::dataset, line};
  // One that is not settled in all variants comes again, and is counted then.
  if (ledger_state_->done.is_settled(row.ordinal)) skip_row(*shared_, line);
  return rendered_->add_bad(row.ordinal);
}

// What earlier processes spent, sample by sample.
result<void> conductor::count_spending() {
  sample done;
  auto scanned = io::scan_ledger(directory_.ledger(), [&](const io::ledger_line& line) {
    if (!read_ledger_line(line.text, done) || done.failure) return true;
    const auto& used = done.completion.usage;
    const price& costs = shared_->gates[done.key.variant]->costs();
    purse_->money.spent_before(spending_of(used, costs));
    return true;
  });
  if (!scanned) return scanned.error();
  return {};
}

result<void> conductor::open_views() {
  auto sinks = outputs_->begin();
  if (!sinks) return sinks.error();
  auto fold = view_fold::open(what_, &shared_->assess, std::move(*sinks),
                              rendered_ ? &*rendered_ : nullptr);
  if (!fold) return fold.error();
  auto ledger = io::ledger_reader::open(directory_.ledger());
  if (!ledger) return ledger.error();
  const auto failed = [this](const error& why) {
    asio::post(context_, [this, why] {
      if (!over_) stop(exit_status::stopped, why.message);  // else finish() tells of it
    });
  };
  views_.emplace(std::move(*ledger), std::move(*fold), ledger_->end(), failed);
  shared_->views = &*views_;
  views_->committed(ledger_->end());
  return {};
}

result<void> conductor::open_feed() {
  feed_options options;
  if (dataset_->is_read_once()) options.rows_before = ledger_state_->rows_needed;
  options.limit = what_.dataset.limit;
  options.is_settled = [this](std::uint64_t ordinal) {
    return ledger_state_->done.is_settled(ordinal);
  };
  feed_.emplace(context_.get_executor(), std::move(*dataset_), std::move(options));
  shared_->feed = &*feed_;
  return {};
}

result<void> conductor::resume_away() {
  return resume_batches(*shared_, desks_, directory_.batches());
}

void conductor::stop(exit_status status, const std::string& reason) {
  if (shared_->stopping) return;
  shared_->stopping = true;
  summary_.status = status;
  summary_.reason = shared_->keys.without_keys(reason);
  display_->say(fmt::format("stopping: {}", summary_.reason));
  feed_->stop();
  for (auto& one : shared_->asleep) one.alarm.cancel();
  for (const auto& gate : shared_->gates) gate->close();
  shared_->relief.call_all();
  grace_.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(what_.grace_s)));
  grace_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) stop_at_once();
  });
}

void conductor::stop_at_once() {
  for (const auto& gate : shared_->gates) {
    for (const auto& one : gate->endpoints()) one->client->stop();
  }
}

void conductor::stop_for(std::exception_ptr unexpected) {
  shared_->cut_short = true;
  const error why = io::explain(unexpected);
  stop(status_of(why), why.message);
}

// False when a signal has come in the phase before.
bool conductor::begin(int phase) {
  const std::lock_guard lock(phase_mutex_);
  phase_ = phase;
  return signal_ == 0;
}

// On the watch's thread.
void conductor::on_signal(int number, int count) {
  const std::lock_guard lock(phase_mutex_);
  if (count == 1) signal_ = number;
  if (count > 1) hurry_ = true;
  if (phase_ == preparing) {
    stop_reading_->raise();
    stop_writing_->raise();
  } else if (phase_ == working) {
    asio::post(context_, [this, number, count] { on_signal_at_work(number, count); });
  }
  if (phase_ == closing || hurry_) {
    if (views_) views_->abandon();
    stop_writing_->raise();
  }
}

void conductor::on_signal_at_work(int number, int count) {
  const char* name = name_of_signal(number);
  if (count == 1 && !shared_->stopping) {
    stop(exit_status::stopped, fmt::format("{}: waiting up to {:g} s for what is in flight, again "
                                           "to stop at once",
                                           name, what_.grace_s));
    summary_.reason = name;
  } else {
    display_->say(fmt::format("{} again: stopping at once", name));
    stop_at_once();
  }
}

// On the watch's thread, when something does not come to its end by itself. What was handed to the
// ledger's thread is written in milliseconds, unless its disk is what hangs.
void conductor::end_now(int number) const {
  for (int i = 0; i < 50 && ledger_ && ledger_->backlog() > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  io::print_line(stderr, fmt::format("{} again: ended at once", name_of_signal(number)));
  std::_Exit(static_cast<int>(exit_status::stopped));
}

progress_snapshot conductor::snapshot() {
  progress_snapshot now = shared_->counts;
  const auto rows = feed_->total();
  if (rows) now.total = (*rows - now.skipped_rows) * what_.models.size();
  const auto about = feed_->total_about();
  if (!rows && about) {
    now.total_about = (*about - std::min(*about, now.skipped_rows)) * what_.models.size();
  }
  for (const auto& gate : shared_->gates) now.in_flight += gate->in_flight();
  for (const auto& desk : desks_) now.in_flight += desk ? desk->requests : 0;
  now.elapsed = steady_clock::now() - began_;
  now.stopping = shared_->stopping;
  now.bound_by = bound_by_;
  set_rates(now, shown_);
  return now;
}

symptoms conductor::look(steady_clock::time_point now) {
  symptoms seen;
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  const auto cpu = std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
  const std::chrono::duration<double> busy = cpu - cpu_seen_, passed = now - looked_;
  if (passed.count() > 0) seen.cpu_share = busy / passed;
  cpu_seen_ = cpu;
  looked_ = now;
  seen.waits_for_rows = feed_->is_behind();
  seen.waits_for_disk = is_behind_disk(*shared_);
  seen.too_many_asleep = is_too_much_asleep(*shared_);
  for (std::size_t i = 0; i < what_.models.size(); ++i) {
    const admission& gate = *shared_->gates[i];
    if (gate.waiting() + gate.waiting_retries() == 0) continue;
    seen.waits_at_gate = true;
    seen.held_by = gate.held_by();
    seen.held_by_budget = gate.is_held_by_budget();
    seen.concurrency_is_stated =
        std::ranges::all_of(endpoints_of(what_.models[i]),
                            [](const auto& one) { return one.limits.concurrency.has_value(); });
  }
  return seen;
}

// With half as many again: what the ledger keeps in reserve is a step behind.
void conductor::expect_lines() {
  std::size_t in_flight = 0;
  for (const auto& gate : shared_->gates) in_flight += gate->in_flight();
  ledger_->expect(in_flight + in_flight / 2 + 1);
}

// Looks, every now and then, what the run waits for.
void conductor::watch() {
  watcher_.expires_after(watch_interval);
  watcher_.async_wait([this](const boost::system::error_code& ec) {
    if (ec || over_) return;
    const auto now = steady_clock::now();
    expect_lines();
    const bound_by what = diagnose(look(now));
    bottleneck_.at(now, what);
    bound_by_ = name(what);
    watch();
  });
}

void conductor::tick() {
  ticker_.expires_after(display_->interval());
  ticker_.async_wait([this](const boost::system::error_code& ec) {
    if (ec || over_) return;
    shown_ = snapshot();
    display_->show(shown_);
    tick();
  });
}

// The run from its first record to the start of its last...
io::awaitable<> supervise(conductor* self) {
  co_await feed_records(&*self->shared_, &self->desks_);
}

// ... and to the end of that.
io::awaitable<> wait_for_records(conductor* self) {
  shared_run& run = *self->shared_;
  while (run.under_way > 0) co_await io::wait_in(&run.finished);
}

void conductor::wind_up() {
  over_ = true;  // a timer that has expired already cannot be cancelled any more
  for (const auto& gate : shared_->gates) gate->close();
  ticker_.cancel();
  watcher_.cancel();
  grace_.cancel();
  stop_at_once();
}

// An exception that gets here came from a handler; the others still have to run.
void conductor::run_loop() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (...) {
      stop_for(std::current_exception());
    }
  }
}

result<run_summary> conductor::perform() {
  if (!begin(working)) {
    return error{errc::cancelled, "stopped by a signal before anything was sent"};
  }
  bottleneck_.at(steady_clock::now(), bound_by::provider);
  watch();
  tick();
  const auto waited = [this](std::exception_ptr unexpected) {
    if (unexpected) stop_for(unexpected);
    wind_up();
  };
  const auto fed = [this, waited](std::exception_ptr unexpected) {
    if (unexpected) stop_for(unexpected);
    asio::co_spawn(context_, wait_for_records(this), waited);
  };
  asio::co_spawn(context_, supervise(this), fed);
  run_loop();
  (void)begin(closing);
  summary_.last = snapshot();
  display_->show(summary_.last);
  display_->finish();
  close(summary_);
  return summary_;
}

// The ledger first, then the views that follow it.
void conductor::close(run_summary& summary) {
  const bool finished = !shared_->cut_short;
  if (hurry_) views_->abandon();
  auto committed = ledger_->close();
  summary.is_whole = committed.has_value();
  auto folded = views_->finish();
  if (folded) folded = outputs_->finish(views_->fold());
  context_.restart();
  context_.poll();  // what the views have said meanwhile
  for (const auto& step : {committed, folded}) {
    if (step) continue;
    summary.status = exit_status::stopped;
    if (summary.reason == step.error().message) continue;  // it was what stopped the run
    summary.reason += (summary.reason.empty() ? "" : "; ") + step.error().message;
  }
  summary.counts = views_->counts();
  summary.bound_by = bottleneck_.summary();
  if (shared_->gates[0]->counts_tokens()) {
    summary.input_error = shared_->gates[0]->estimate().input_error();
    summary.output_error = shared_->gates[0]->estimate().output_error();
  }
  if (purse_) summary.spent = purse_->money.spent();
  for (const auto& gate : shared_->gates) {
    for (const auto& one : gate->endpoints()) {
      summary.http.connections += one->client->counters().connections;
      summary.http.resumed += one->client->counters().resumed;
      summary.http.stale += one->client->counters().stale;
    }
  }
  // A signal that came when nothing was left to do stopped nothing.
  const bool stopped_in_vain =
      finished && committed && folded && summary.status == exit_status::stopped;
  if (stopped_in_vain) summary.status = exit_status::done;
  if (stopped_in_vain) summary.reason.clear();
  if (summary.status == exit_status::done && summary.counts.failed > what_.max_failed) {
    summary.status = exit_status::samples_failed;
  }
}

}  // namespace

result<run_summary> run(const config& what, const run_options& options) {
  try {
    conductor all(what, options);
    auto prepared = all.prepare();
    if (!prepared) return prepared.error();
    return all.perform();
  } catch (...) {
    return io::explain(std::current_exception());
  }
}

}  // namespace retort::engine
