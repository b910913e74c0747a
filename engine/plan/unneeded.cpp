#include "engine/plan/unneeded.hpp"

namespace retort::engine {

void for_unneeded(const done_set& done, const way_plan& plan,
                  const std::function<void(const sample_key&)>& each) {
  if (plan.slots() == 1) return;  // what is open is needed
  done.for_failed([&](std::uint64_t ordinal) {
    const record_history history = done.history_of(ordinal);
    if (!plan.is_done(history)) return;
    for (std::uint32_t slot = 0; slot < plan.slots(); ++slot) {
      if (history[slot] != slot_state::open) continue;
      sample_key key = plan.layout().key_of(slot);
      key.ordinal = ordinal;
      if (done.has_failed(key)) each(key);
    }
  });
}

std::uint64_t failures_of(const done_set& done, const way_plan& plan) {
  std::uint64_t count = done.failed();
  for_unneeded(done, plan, [&count](const sample_key&) { --count; });
  return count;
}

}  // namespace retort::engine
