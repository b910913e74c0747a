#include "engine/run.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "engine/record.hpp"
#include "engine/resume.hpp"
#include "engine/run_directory.hpp"

namespace retort::engine {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using signals = asio::basic_signal_set<io::executor>;

// What a finished sample needs on disk, generously: what is in flight must fit the reserve.
constexpr std::size_t reserve_per_request = 8 << 10;

std::uint64_t places(const config& what) {
  std::uint64_t sum = 0;
  for (const auto& model : what.models) sum += model.concurrency;
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
               fmt::format("models[].concurrency {} needs {} open files and the limit is {}: lower "
                           "it, or raise the limit (ulimit -n)",
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
  result<void> open_directory();
  result<void> open_ledger();
  result<void> resume();
  result<void> open_views();
  result<void> open_dataset();

  void stop(exit_status status, const std::string& reason);
  void stop_at_once();
  void on_signal(int number);
  void await_signal();
  void tick();
  progress_snapshot snapshot();
  void close(run_summary& summary);
  friend io::awaitable<> supervise(conductor* self);

  const config& what_;
  const run_options& options_;
  run_summary summary_;
  std::unique_ptr<progress_display> display_;
  asio::io_context context_{1};
  run_directory directory_;
  std::optional<ledger_state> ledger_state_;
  std::optional<shared_run> shared_;
  std::optional<view_follower> views_;
  std::unique_ptr<io::ledger_log> ledger_;
  std::optional<row_feed> feed_;

  signals signals_{context_.get_executor(), SIGINT, SIGTERM};
  io::timer ticker_{context_.get_executor()};
  io::timer grace_{context_.get_executor()};
  steady_clock::time_point began_ = steady_clock::now();
  progress_snapshot shown_;
};

result<void> conductor::prepare() {
  display_ = make_display(options_.display);
  auto files = raise_file_limit(what_);
  if (!files) return files;
  auto prompt = prompts::make(what_);
  if (!prompt) return prompt.error();
  auto assess = assessor::make(what_);
  if (!assess) return assess.error();
  shared_.emplace(what_, context_.get_executor(), std::move(*prompt), std::move(*assess));
  auto endpoints = make_endpoints(what_, options_.embedded, context_.get_executor(), &std::getenv);
  if (!endpoints) return endpoints.error();
  shared_->endpoints = std::move(*endpoints);
  shared_->stop = [this](exit_status status, const std::string& reason) { stop(status, reason); };
  shared_->say = [this](const std::string& line) { display_->say(line); };
  for (const auto step : {&conductor::open_directory, &conductor::open_ledger, &conductor::resume,
                          &conductor::open_views, &conductor::open_dataset}) {
    auto passed = (this->*step)();
    if (!passed) return passed;
  }
  return {};
}

result<void> conductor::open_directory() {
  directory_.path = what_.run_dir;
  summary_.directory = what_.run_dir;
  summary_.views = paths_of_views(what_);
  // A dataset that cannot be opened should not leave a directory behind.
  auto readable = io::dataset_reader::open(what_.dataset.paths);
  if (!readable) return readable.error();
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
  options.reserve_bytes = std::max<std::size_t>(256 << 10, places(what_) * reserve_per_request);
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

result<void> conductor::resume() {
  auto admitted = admit_config(directory_, what_);
  if (!admitted) return admitted;
  auto state = scan(directory_.ledger(), static_cast<std::uint32_t>(what_.models.size()));
  if (!state) return state.error();
  ledger_state_ = std::move(*state);
  shared_->done = &ledger_state_->done;
  if (ledger_state_->damaged) {
    display_->say(
        fmt::format("{}: {} damaged lines (the first is line {}): their samples are made "
                    "again",
                    directory_.ledger(), ledger_state_->damaged, ledger_state_->first_damaged));
  }
  auto& counts = shared_->counts;
  counts.accepted = ledger_state_->accepted;
  counts.rejected = ledger_state_->rejected;
  counts.resumed = ledger_state_->done.settled();
  counts.failed = counts.resumed - counts.accepted - counts.rejected;
  const bool piped = what_.dataset.paths == std::vector<std::string>{"-"};
  if (piped || counts.resumed == 0) return {};
  return verify_dataset(what_, *ledger_state_, directory_.ledger());
}

result<void> conductor::open_views() {
  auto fold = view_fold::open(what_, &shared_->assess);
  if (!fold) return fold.error();
  auto ledger = io::ledger_reader::open(directory_.ledger());
  if (!ledger) return ledger.error();
  views_.emplace(std::move(*ledger), std::move(*fold), ledger_->end());
  shared_->views = &*views_;
  views_->committed(ledger_->end());
  return {};
}

result<void> conductor::open_dataset() {
  auto reader = io::dataset_reader::open(what_.dataset.paths);
  if (!reader) return reader.error();
  feed_options options;
  options.limit = what_.dataset.limit;
  options.is_settled = [this](std::uint64_t ordinal) {
    return ledger_state_->done.is_settled(ordinal);
  };
  feed_.emplace(context_.get_executor(), std::move(*reader), std::move(options));
  shared_->feed = &*feed_;
  return {};
}

void conductor::stop(exit_status status, const std::string& reason) {
  if (shared_->stopping) return;
  shared_->stopping = true;
  summary_.status = status;
  summary_.reason = reason;
  display_->say(fmt::format("stopping: {}", reason));
  feed_->stop();
  for (auto& one : shared_->asleep) one.alarm.cancel();
  shared_->relief.call_all();
  grace_.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(what_.grace_s)));
  grace_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) stop_at_once();
  });
}

void conductor::stop_at_once() {
  for (const auto& one : shared_->endpoints) one->client->stop();
}

void conductor::on_signal(int number) {
  const char* name = number == SIGINT ? "SIGINT" : "SIGTERM";
  if (!shared_->stopping) {
    stop(exit_status::stopped, fmt::format("{}: waiting up to {:g} s for what is in flight, again "
                                           "to stop at once",
                                           name, what_.grace_s));
    summary_.reason = name;
  } else {
    display_->say(fmt::format("{} again: stopping at once", name));
    stop_at_once();
  }
  await_signal();
}

void conductor::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& ec, int number) {
    if (!ec) on_signal(number);
  });
}

progress_snapshot conductor::snapshot() {
  progress_snapshot now = shared_->counts;
  const auto rows = feed_->total();
  if (rows) now.total = (*rows - now.skipped_rows) * what_.models.size();
  for (const auto& one : shared_->endpoints) now.in_flight += one->gate.in_flight();
  now.elapsed = steady_clock::now() - began_;
  now.stopping = shared_->stopping;
  set_rates(now, shown_);
  return now;
}

void conductor::tick() {
  ticker_.expires_after(display_->interval());
  ticker_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    shown_ = snapshot();
    display_->show(shown_);
    tick();
  });
}

// The run from its first record to the end of its last.
io::awaitable<> supervise(conductor* self) {
  co_await feed_records(&*self->shared_);
  while (self->shared_->under_way > 0) co_await io::wait_in(&self->shared_->finished);
  self->signals_.cancel();
  self->ticker_.cancel();
  self->grace_.cancel();
  self->stop_at_once();
}

result<run_summary> conductor::perform() {
  await_signal();
  tick();
  asio::co_spawn(context_, supervise(this), asio::detached);
  context_.run();
  summary_.last = snapshot();
  display_->show(summary_.last);
  display_->finish();
  close(summary_);
  return summary_;
}

// The ledger first, then the views that follow it.
void conductor::close(run_summary& summary) {
  const bool finished = !shared_->cut_short;
  auto committed = ledger_->close();
  auto folded = views_->finish();
  for (const auto& step : {committed, folded}) {
    if (step) continue;
    summary.status = exit_status::stopped;
    summary.reason += (summary.reason.empty() ? "" : "; ") + step.error().message;
  }
  summary.counts = views_->counts();
  for (const auto& one : shared_->endpoints) {
    summary.http.connections += one->client->counters().connections;
    summary.http.resumed += one->client->counters().resumed;
    summary.http.stale += one->client->counters().stale;
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
  conductor all(what, options);
  auto prepared = all.prepare();
  if (!prepared) return prepared.error();
  return all.perform();
}

}  // namespace retort::engine
