#include "engine/run/diagnosis.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("what holds a run back is named by what can be seen of it") {
  struct {
    symptoms seen;
    bound_by expected;
  } const table[] = {
      {{}, bound_by::provider},
      {{.cpu_share = 0.95, .waits_for_disk = true}, bound_by::cpu},
      {{.cpu_share = 0.5, .waits_for_disk = true, .waits_at_gate = true}, bound_by::disk},
      {{.waits_for_rows = true}, bound_by::dataset},
      {{.too_many_asleep = true}, bound_by::pause},
      {{.waits_at_gate = true, .held_by = constraint::requests}, bound_by::request_quota},
      {{.waits_at_gate = true, .held_by = constraint::tokens}, bound_by::token_quota},
      {{.waits_at_gate = true, .held_by = constraint::pause}, bound_by::pause},
      {{.waits_at_gate = true, .held_by = constraint::breaker}, bound_by::pause},
      {{.waits_at_gate = true, .held_by = constraint::concurrency}, bound_by::provider},
      {{.waits_at_gate = true, .held_by = constraint::concurrency, .concurrency_is_stated = true},
       bound_by::concurrency},
      {{.waits_at_gate = true, .held_by = constraint::tokens, .held_by_budget = true},
       bound_by::budget},
  };
  for (const auto& [seen, expected] : table) CHECK(name(diagnose(seen)) == name(expected));
}
