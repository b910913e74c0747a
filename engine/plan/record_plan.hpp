// What to ask of a record next, given what it has got: each variant once, or as often as the plan
// says, until enough is accepted. The one decision, in flight and after a resume. Pure: immutable
// after making; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/sample/record_history.hpp"

namespace retort::engine {

struct plan_rules {
  std::vector<std::uint32_t> models;  // the model entry of each variant
  std::uint32_t n = 1;                // samples of each variant, at most
  std::uint32_t until_accepted = 0;   // no more once so many are accepted; 0: all n
  std::uint32_t parallel = 0;  // of a record's in flight together; 0: as many as are still needed
  bool escalate = false;       // a model entry is asked only where the one before got none accepted
};

class record_plan {
 public:
  struct step {
    enum class act { ask, wait, done };
    act what = act::done;
    std::uint32_t slot = 0;  // of the one to ask
  };

  explicit record_plan(plan_rules rules);

  // Of a history as long as slots().
  step next(std::span<const slot_state> of) const;
  bool is_done(std::span<const slot_state> of) const { return next(of).what == step::act::done; }

  // Once one of those under way has ended, others may end behind it though the plan is done: as
  // many are accepted as it asks for, should that one be.
  bool has_more(std::span<const slot_state> of) const;

  std::uint32_t n() const { return rules_.n; }
  std::uint32_t variants() const { return static_cast<std::uint32_t>(rules_.models.size()); }
  std::uint32_t slots() const { return variants() * rules_.n; }

 private:
  using stage = std::vector<std::uint32_t>;  // slots that are asked side by side, in this order
  static std::vector<stage> stages_of(const plan_rules& rules);
  step next(std::span<const slot_state> of, const stage& within) const;

  plan_rules rules_;
  std::vector<stage> stages_;
};

}  // namespace retort::engine
