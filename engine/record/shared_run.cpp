#include "engine/record/shared_run.hpp"

namespace retort::engine {

result<void> shared_run::open_earlier_steps() {
  earlier.reserve(settings.earlier.size());
  for (std::uint32_t step = 0; step < last_step(settings); ++step) {
    const config& asked = step_of(settings, step);
    auto judged = assessor::make(asked);
    if (!judged) return judged.error();
    earlier.push_back({std::move(*judged), variants_of(asked)});
    out.judge_earlier_by(&earlier.back().assess);
  }
  return {};
}

progress_snapshot counts_of(const shared_run& run) {
  progress_snapshot now = run.out.counts();
  now.requests = run.asking.requests;
  now.retries = run.asking.retries;
  now.backing_off = run.asking.backing_off;
  now.stopping = run.asking.stop.is_raised();
  return now;
}

}  // namespace retort::engine
