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
  for (const auto& one : run.asking.gates) places += one->concurrency();
  return std::max<std::uint64_t>(1024, 4 * places);
}

// The answers to what is in flight must fit the ledger's reserve, with that to one more.
bool lacks_room(const shared_run& run) {
  std::size_t in_flight = 0;
  for (const auto& one : run.asking.gates) in_flight += one->in_flight();
  for_judges(run, [&](const judging& one) { in_flight += one.under_way(); });
  return in_flight > 0 && !run.out.ledger().has_room_for(in_flight + 1);
}

bool is_full(const shared_run& run) {
  bool awaits_judges = false;
  for_judges(run, [&](const judging& one) { awaits_judges |= one.is_full(); });
  return awaits_judges || run.out.is_behind_disk() || is_too_much_asleep(run) || lacks_room(run);
}

// Asks for relief before it looks for good: a commit that the look misses then finds it asked for.
// Nor is that taken back, since others may have asked as well.
bool overfull(shared_run& run) {
  if (!is_full(run)) return false;
  run.asking.relief_wanted = true;
  return is_full(run);
}

// Samples that may wait at one gate before reading stops: with several models a slow one must not
// hold the others up at once.
std::size_t longest_line(const shared_run& run) { return run.asking.gates.size() == 1 ? 1 : 64; }

// Where records pass several steps each may come before any of the gates.
bool is_any_in_line(const shared_run& run) {
  for (std::uint32_t step = 0; step <= run.plan.layout().last(); ++step) {
    for (std::uint32_t i = 0; i < run.plan.layout().variants(step); ++i) {
      if (run.gate_of(step, i).waiting() >= longest_line(run)) return true;
    }
  }
  return false;
}

// One of the gates that the record is to pass has a line before it.
bool is_in_line(shared_run& run, const record& of) {
  if (!run.earlier.empty()) return is_any_in_line(run);
  for (std::uint32_t slot = 0; slot < run.plan.slots(); ++slot) {
    if (of.history[slot] != slot_state::open) continue;
    const sample_key key = run.plan.layout().key_of(slot);
    if (run.gate_of(key).waiting() >= longest_line(run)) return true;
  }
  return false;
}

bool must_wait(shared_run& run, const record& of) {
  if (run.asking.stop.is_raised()) return false;
  return overfull(run) || is_in_line(run, of);
}

bool waits_for_budget(shared_run& run) {
  return std::ranges::any_of(run.asking.gates,
                             [](const auto& gate) { return gate->is_held_by_budget(); });
}

bool has_desks(const batch_desks& desks) {
  return std::ranges::any_of(desks, [](const auto& desk) { return desk != nullptr; });
}

// What goes by batch, to its desk.
io::awaitable<> put_in_batches(shared_run* run, const batch_desks* desks, record* of) {
  for (std::uint32_t slot = 0; slot < run->plan.slots() && !of->is_bad; ++slot) {
    const sample_key key = run->plan.layout().key_of(slot);
    batch_desk* const desk = (*desks)[key.variant].get();
    if (!desk || of->history[slot] != slot_state::open) continue;
    of->history[slot] = slot_state::under_way;
    co_await put_in_batch(run, desk, of, key.k);
  }
}

// Until the record's first request has a place, or nearly.
io::awaitable<> wait_for_room(shared_run* run, const batch_desks* desks, const record* of) {
  while (must_wait(*run, *of)) {
    // They hold some of it.
    if (waits_for_budget(*run)) send_drafts(*run, *desks);
    co_await io::wait_in(&run->asking.relief);
  }
}

bool has_online_part(const shared_run& run, const record& of) {
  return run.plan.next(of.history).goes_on();
}

}  // namespace

bool is_too_much_asleep(const shared_run& run) { return run.asking.backing_off >= max_asleep(run); }

io::awaitable<> feed_records(shared_run* run, const batch_desks* desks) {
  generator& by = run->asking;
  const bool by_batch = has_desks(*desks);
  while (!by.stop.is_raised()) {
    result<std::optional<fed_row>> row = run->feed->row_at_hand();
    if (!*row) {
      auto next = co_await next_row(run->feed);
      row = std::move(next);
    }
    if (!row) by.stop.raise(status_of(row.error()), row.error().message);
    if (!row || !*row) break;
    auto history = run->done->history_of((*row)->ordinal);
    auto of = std::make_shared<record>(std::move(**row), std::move(history));
    if (by_batch) co_await put_in_batches(run, desks, of.get());
    if (!has_online_part(*run, *of)) continue;
    if (must_wait(*run, *of)) co_await wait_for_room(run, desks, of.get());
    run->begun += !by.stop.is_raised();
    if (!by.stop.is_raised()) start(by, carry(run, std::move(of)));
  }
  close_desks(*run, *desks);
  by.cut_short |= by.stop.is_raised();
  by.fed = true;
  wake_held(by);
}

}  // namespace retort::engine
