#include "engine/run/observer.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "engine/generate/court.hpp"
#include "engine/record/progress_metrics.hpp"
#include "engine/run/bookkeeping.hpp"
#include "engine/run/feeder.hpp"
#include "engine/shard/shard_run.hpp"

namespace retort::engine {
namespace {

constexpr std::chrono::milliseconds watch_interval{50};
// What a kill may cost: the answers of so long that were waiting for a judge.
constexpr std::chrono::seconds longest_unkept{1};

std::uint64_t samples_of(std::uint64_t rows, const progress_snapshot& counts,
                         const way_plan& plan) {
  return (rows - std::min(rows, counts.skipped_rows)) * plan.slots() + counts.beyond;
}

// A record may have got enough before it has got all that its plan allows.
bool may_end_early(const config& run) {
  return last_step(run) > 0 || run.samples.until_accepted > 0 || run.escalate;
}

// Of so many rows, by what the records took that are over. One under way has a coroutine or more.
std::optional<std::uint64_t> expected_of(std::uint64_t rows, const progress_snapshot& counts,
                                         const shared_run& run) {
  const std::uint64_t open = std::min(run.begun, run.asking.under_way);
  const std::uint64_t over = run.begun - open;
  const std::uint64_t settled = run.feed->skipped() + run.begun;
  if (settled >= rows && open == 0) return counts.done();
  if (over == 0) return std::nullopt;
  const std::uint64_t left = rows - std::min(rows, settled) + open;
  const double each = static_cast<double>(counts.done_here()) / static_cast<double>(over);
  const auto more = static_cast<std::uint64_t>(std::llround(each * static_cast<double>(left)));
  return std::min(counts.done() + more, samples_of(rows, counts, run.plan));
}

std::uint32_t tasks_of(const config& run) { return run.shard ? run.shard->count : 1; }

// With half as many again: what the ledger keeps in reserve is a step behind.
void expect_lines(const run_parts& of) {
  const std::uint64_t in_flight = of.in_flight();
  of.ledger->expect(in_flight + in_flight / 2 + 1);
}

std::chrono::nanoseconds cpu_of_this_thread() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace

result<void> observer::open_metrics() {
  if (of_.options.metrics.empty()) return {};
  auto opened = metrics_outlet::open(of_.context.get_executor(), of_.options.metrics, [this] {
    return progress_metrics(of_.feed ? snapshot() : progress_snapshot(), of_.what.run);
  });
  if (!opened) return opened.error();
  of_.shown = std::move(*opened);
  return {};
}

void observer::begin() {
  if (of_.shown) {
    of_.display->say(of_.shown->note());
    of_.shown->begin();
  }
  bottleneck_.at(std::chrono::steady_clock::now(), bound_by::provider);
  watch();
  tick();
  give_sign();
  if (of_.spending) keep_account();
}

void observer::end() {
  ticker_.cancel();
  watcher_.cancel();
  signer_.cancel();
  accountant_.cancel();
  if (!of_.shown) return;
  const auto closed = of_.shown->close();
  if (!closed) of_.display->say(closed.error().message);
}

void observer::show_last() {
  progress_snapshot& last = of_.summary.last = snapshot();
  if (last.total && last.is_at_most && !of_.shared->asking.cut_short) {
    last.total = last.done();
    last.is_at_most = false;
  }
  of_.display->show(of_.summary.last);
  of_.display->finish();
}

progress_snapshot observer::snapshot() {
  progress_snapshot now = counts_of(*of_.shared);
  if (const auto rows = of_.feed->total()) {
    now.total = samples_of(*rows, now, of_.shared->plan);
  } else if (const auto about = of_.feed->total_about()) {
    now.total_about = samples_of(*about, now, of_.shared->plan);
  }
  now.is_at_most = may_end_early(of_.what);
  const auto rows = of_.feed->total_about();
  if (now.is_at_most && rows) now.total_about = expected_of(*rows, now, *of_.shared);
  now.in_flight += of_.in_flight();
  for (const auto& desk : of_.desks) now.in_flight += desk ? desk->requests : 0;
  now.elapsed = std::chrono::steady_clock::now() - began_;
  now.usd = spent();
  now.bound_by = bound_by_;
  set_rates(now, shown_);
  return now;
}

// Over all who are asked; nothing where the price of one is not known.
std::optional<double> observer::spent() const {
  double sum = 0;
  for (const auto& gate : of_.shared->asking.gates) {
    const auto one = gate->usd();
    if (!one) return {};
    sum += *one;
  }
  return std::round(sum * 1e9) / 1e9;  // prices are of whole nano-dollars
}

// Of the time since the last look.
double observer::cpu_share(time_point now) {
  const auto cpu = cpu_of_this_thread();
  const std::chrono::duration<double> busy = cpu - cpu_seen_, passed = now - looked_;
  cpu_seen_ = cpu;
  looked_ = now;
  return passed.count() > 0 ? busy / passed : 0;
}

void observer::look_at_gates(symptoms& seen) {
  const auto& gates = of_.shared->asking.gates;
  for (std::size_t i = 0; i < gates.size(); ++i) {
    const admission& gate = *gates[i];
    if (gate.waiting() + gate.waiting_retries() == 0) continue;
    seen.waits_at_gate = true;
    seen.held_by = gate.held_by();
    seen.held_by_budget = gate.is_held_by_budget();
    seen.concurrency_is_stated =
        std::ranges::all_of(limits_of(*gate.endpoints().front()->model),
                            [](const auto& one) { return one.limits.concurrency.has_value(); });
  }
}

symptoms observer::look(time_point now) {
  symptoms seen;
  seen.cpu_share = cpu_share(now);
  seen.waits_for_rows = of_.feed->is_behind();
  seen.waits_for_disk = of_.shared->out.is_behind_disk();
  seen.too_many_asleep = is_too_much_asleep(*of_.shared);
  look_at_gates(seen);
  return seen;
}

// A run whose judges are slower than its models has many that wait, for as long as it lasts.
void observer::keep_waiting(time_point now) {
  shared_run& run = *of_.shared;
  std::size_t to_come = of_.in_flight() + 1;
  for_judges(run, [&](const judging& one) { to_come += one.under_way(); });
  for_judges(run, [&](judging& one) {
    one.for_waiting_since(now - longest_unkept, [&](sample& waiting) {
      if (run.out.ledger().has_room_for(to_come + 1)) run.out.keep(waiting);
    });
  });
}

// Every now and then.
void observer::watch() {
  watcher_.set(watch_interval, [this] {
    if (of_.over) return;
    const auto now = std::chrono::steady_clock::now();
    expect_lines(of_);
    keep_waiting(now);
    say_who_answers_unasked(of_.shared->asking);
    const auto what = diagnose(look(now));
    bottleneck_.at(now, what);
    bound_by_ = name(what);
    watch();
  });
}

// Every now and then, and at once.
void observer::give_sign() {
  note_progress(of_, snapshot());
  signer_.set(sign_interval(tasks_of(of_.what)), [this] {
    if (!of_.over) give_sign();
  });
}

// All tasks of a run together ten times a second.
void observer::keep_account() {
  note_spending(of_);
  accountant_.set(std::chrono::seconds((tasks_of(of_.what) + 9) / 10), [this] {
    if (!of_.over) keep_account();
  });
}

void observer::tick() {
  ticker_.set(of_.display->interval(), [this] {
    if (of_.over) return;
    shown_ = snapshot();
    of_.display->show(shown_);
    tick();
  });
}

}  // namespace retort::engine
