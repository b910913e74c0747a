// What to ask of a record next where it passes several steps: each step's plan, once for each
// answer of the step before that is handed on. A config without steps has one, and this is that
// step's plan. Pure: immutable after making; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/plan/record_plan.hpp"
#include "engine/sample/record_history.hpp"
#include "engine/sample/slot_layout.hpp"

namespace retort::engine {

class way_plan {
 public:
  struct next_act {
    // choose: several answers are there and one is to be handed on; whoever knows them marks the
    // others as passed over.
    enum class act { ask, wait, done, choose };
    act what = act::done;
    std::uint32_t slot = 0;  // of the one to ask; the first of those to choose from
    // There is something to do about it now.
    bool goes_on() const { return what == act::ask || what == act::choose; }
  };

  explicit way_plan(const config& run);

  // Of a history as long as slots().
  next_act next(const record_history& of) const;
  bool is_done(const record_history& of) const { return next(of).what == next_act::act::done; }

  // Once the slot, which is under way, has ended: record_plan::has_more() of its branch.
  bool has_more(const record_history& of, std::uint32_t slot) const;

  const slot_layout& layout() const { return layout_; }
  std::uint32_t slots() const { return layout_.slots(); }
  // What is chosen from: the slots of the branch that begins there, as many as its step is wide.
  std::uint32_t width_at(std::uint32_t slot) const { return layout_.width(layout_.step_of(slot)); }

 private:
  next_act next_in(const record_history& of, std::uint32_t step, std::uint32_t from) const;
  next_act next_behind(const record_history& of, std::uint32_t step, std::uint32_t place) const;
  std::optional<std::uint32_t> begun_in(const record_history& of, std::uint32_t step,
                                        std::uint32_t from) const;
  next_act hand_on_one(const record_history& of, std::uint32_t step, std::uint32_t from) const;
  next_act hand_on_all(const record_history& of, std::uint32_t step, std::uint32_t from,
                       next_act own) const;

  std::vector<record_plan> plans_;  // by step
  std::vector<bool> hands_on_one_;
  slot_layout layout_;
};

}  // namespace retort::engine
