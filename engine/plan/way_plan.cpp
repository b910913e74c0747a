#include "engine/plan/way_plan.hpp"

#include <algorithm>
#include <span>

#include "engine/plan/variants.hpp"

namespace retort::engine {
namespace {

using next_act = way_plan::next_act;
using act = next_act::act;

next_act act_of(const record_plan::step& own, std::uint32_t first) {
  switch (own.what) {
    case record_plan::step::act::ask: return {act::ask, first + own.slot};
    case record_plan::step::act::wait: return {act::wait, 0};
    case record_plan::step::act::done: break;
  }
  return {act::done, 0};
}

}  // namespace

way_plan::way_plan(const config& run) {
  for (std::uint32_t step = 0; step <= last_step(run); ++step) {
    const config& asked = step_of(run, step);
    plans_.push_back(plan_of(asked));
    hands_on_one_.push_back(asked.samples.keep != keep::all);
    layout_.add_step(plans_.back().variants(), plans_.back().n());
  }
}

next_act way_plan::next(const record_history& of) const {
  if (plans_.size() == 1) return act_of(plans_.front().next(of), 0);
  return next_in(of, 0, 0);
}

bool way_plan::has_more(const record_history& of, std::uint32_t slot) const {
  const sample_key key = layout_.key_of(slot);
  const std::uint32_t first = layout_.first_slot(key.step, key.from);
  return plans_[key.step].has_more(std::span(of).subspan(first, layout_.width(key.step)));
}

// What the branch of a step still needs, with all that goes on from it.
next_act way_plan::next_in(const record_history& of, std::uint32_t step, std::uint32_t from) const {
  const std::uint32_t first = layout_.first_slot(step, from);
  const auto own_history = std::span(of).subspan(first, layout_.width(step));
  const bool is_last = step == layout_.last();
  if (!is_last && hands_on_one_[step] && begun_in(of, step, from)) {
    return hand_on_one(of, step, from);  // what was handed on stands, whatever else is open
  }
  const next_act own = act_of(plans_[step].next(own_history), first);
  if (is_last || own.what == act::ask) return own;
  if (!hands_on_one_[step]) return hand_on_all(of, step, from, own);
  return own.what == act::wait ? own : hand_on_one(of, step, from);
}

next_act way_plan::next_behind(const record_history& of, std::uint32_t step,
                               std::uint32_t place) const {
  return next_in(of, step + 1, place);
}

// The place of the first answer that the next step has gone on from.
std::optional<std::uint32_t> way_plan::begun_in(const record_history& of, std::uint32_t step,
                                                std::uint32_t from) const {
  const std::uint32_t first = from * layout_.width(step);
  for (std::uint32_t place = first; place < first + layout_.width(step); ++place) {
    const auto behind =
        std::span(of).subspan(layout_.first_slot(step + 1, place), layout_.width(step + 1));
    const bool is_begun =
        std::ranges::any_of(behind, [](slot_state one) { return one != slot_state::open; });
    if (is_begun) return place;
  }
  return std::nullopt;
}

next_act way_plan::hand_on_one(const record_history& of, std::uint32_t step,
                               std::uint32_t from) const {
  if (const auto begun = begun_in(of, step, from)) return next_behind(of, step, *begun);
  const std::uint32_t first = layout_.first_slot(step, from);
  const auto own = std::span(of).subspan(first, layout_.width(step));
  const auto accepted = std::ranges::count(own, slot_state::accepted);
  if (accepted == 0) return {};
  if (accepted > 1) return {act::choose, first};
  const auto only = std::ranges::find(own, slot_state::accepted) - own.begin();
  return next_behind(of, step, from * layout_.width(step) + static_cast<std::uint32_t>(only));
}

// Each as soon as it is there.
next_act way_plan::hand_on_all(const record_history& of, std::uint32_t step, std::uint32_t from,
                               next_act own) const {
  const std::uint32_t first = layout_.first_slot(step, from);
  next_act out = own;
  for (std::uint32_t i = 0; i < layout_.width(step); ++i) {
    if (of[first + i] != slot_state::accepted) continue;
    const next_act behind = next_behind(of, step, from * layout_.width(step) + i);
    if (behind.goes_on()) return behind;
    if (behind.what == act::wait) out = behind;
  }
  return out;
}

}  // namespace retort::engine
