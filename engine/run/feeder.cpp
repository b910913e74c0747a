#include "engine/run/feeder.hpp"

#include <algorithm>

#include "engine/record/outlet.hpp"
#include "engine/record/record.hpp"

namespace retort::engine {
namespace {

// Samples that may sleep between attempts before reading stops: enough for a storm of 429s not to
// stand in the way of fresh work, and a bound on memory all the same.
std::uint64_t max_asleep(const shared_run& run) {
  std::uint64_t places = 0;
  for (const auto& one : run.gates) places += one->concurrency();
  return std::max<std::uint64_t>(1024, 4 * places);
}

// The answers to what is in flight must fit the ledger's reserve, with that to one more.
bool lacks_room(const shared_run& run) {
  std::size_t in_flight = 0;
  for (const auto& one : run.gates) in_flight += one->in_flight();
  return in_flight > 0 && !run.ledger->has_room_for(in_flight + 1);
}

bool is_full(const shared_run& run) {
  return is_behind_disk(run) || is_too_much_asleep(run) || lacks_room(run);
}

// Asks for relief before it looks for good: a commit that the look misses then finds it asked for.
// Nor is that taken back, since others may have asked as well.
bool overfull(shared_run& run) {
  if (!is_full(run)) return false;
  run.relief_wanted = true;
  return is_full(run);
}

// Samples that may wait at one gate before reading stops: with several models a slow one must not
// hold the others up at once.
std::size_t longest_line(const shared_run& run) { return run.gates.size() == 1 ? 1 : 64; }

bool must_wait(shared_run& run, std::uint32_t variant) {
  if (run.stopping) return false;
  return overfull(run) || run.gates[variant]->waiting() >= longest_line(run);
}

}  // namespace

bool is_too_much_asleep(const shared_run& run) { return run.counts.backing_off >= max_asleep(run); }

io::awaitable<> feed_records(shared_run* run, const batch_desks* desks) {
  const auto variants = static_cast<std::uint32_t>(run->gates.size());
  for (;;) {
    result<std::optional<fed_row>> row = run->feed->row_at_hand();
    if (!*row) {
      auto next = co_await next_row(run->feed);
      row = std::move(next);
    }
    if (!row) run->stop(status_of(row.error()), row.error().message);
    if (!row || !*row) break;
    for (std::uint32_t variant = 0; variant < variants; ++variant) {
      if (run->done->is_settled((*row)->ordinal, variant)) continue;
      if (batch_desk* const desk = (*desks)[variant].get()) {
        if (!desk->away.contains((*row)->ordinal)) co_await put_in_batch(run, desk, **row);
        continue;
      }
      while (must_wait(*run, variant)) {
        // They hold some of it.
        if (run->gates[variant]->is_held_by_budget()) send_drafts(*run, *desks);
        co_await io::wait_in(&run->relief);
      }
      if (run->stopping) break;
      start(*run, carry(run, **row, variant));
    }
    if (run->stopping) break;
  }
  close_desks(*run, *desks);
  run->cut_short |= run->stopping;
  run->fed = true;
  wake_held(*run);
}

}  // namespace retort::engine
