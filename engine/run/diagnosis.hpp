// What a run waits for at a moment, from what can be seen of it then. Pure; any thread.
#pragma once

#include "engine/quota/entrance.hpp"
#include "engine/run/bottleneck.hpp"

namespace retort::engine {

struct symptoms {
  double cpu_share = 0;                   // of the engine's thread since the last look, 0 to 1
  bool waits_for_rows = false;            // the dataset's reader has none ready
  bool waits_for_disk = false;            // too much is not yet committed
  bool waits_at_gate = false;             // somebody stands in line
  constraint held_by = constraint::none;  // there
  bool held_by_budget = false;
  bool concurrency_is_stated = false;
  bool too_many_asleep = false;  // backing off
};

bound_by diagnose(const symptoms& of);

}  // namespace retort::engine
