#include "engine/export/unfinished.hpp"

#include <algorithm>

#include "engine/plan/way_plan.hpp"

namespace retort::engine {
namespace {

// Its row could not be rendered anew: the fold has left out what its lines say is settled.
bool is_left_out(const record_history& now, const record_history& by_word) {
  return std::ranges::mismatch(now, by_word, [](slot_state one, slot_state word) {
           return one != slot_state::open || word == slot_state::open;
         }).in1 != now.end();
}

// Of a row that was no prompt for one of its variants nobody knows but who renders it.
bool may_be_bad_row(const way_plan& plan, const record_history& now, const done_set& by_word,
                    std::uint64_t ordinal) {
  const auto said = by_word.as_left(ordinal);
  return !plan.is_done(said) || is_left_out(now, said);
}

}  // namespace

std::uint64_t count_unfinished(const config& run, const done_set& now, const done_set& by_word) {
  const way_plan plan(run);
  std::uint64_t records = 0;
  now.for_records([&](std::uint64_t) { ++records; });
  if (now.settled() == records * plan.slots()) return 0;  // all that there can be: mostly
  const bool skips_rows = run.dataset.on_error == on_error::skip;
  std::uint64_t count = 0;
  now.for_records([&](std::uint64_t ordinal) {
    if (!run.dataset.reaches(ordinal)) return;
    const auto history = now.as_left(ordinal);
    if (plan.is_done(history)) return;
    count += !skips_rows || !may_be_bad_row(plan, history, by_word, ordinal);
  });
  return count;
}

}  // namespace retort::engine
