#include "engine/record/shared_run.hpp"

namespace retort::engine {

progress_snapshot counts_of(const shared_run& run) {
  progress_snapshot now = run.out.counts();
  now.requests = run.asking.requests;
  now.retries = run.asking.retries;
  now.backing_off = run.asking.backing_off;
  now.stopping = run.asking.stop.is_raised();
  return now;
}

}  // namespace retort::engine
