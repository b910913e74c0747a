// Samples that failed of what may pass, or await a verdict, of records that have what the plan asks
// for without them, or have gone on from another answer: nobody tries those again, and they are no
// failures of the run. Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>

#include "engine/plan/way_plan.hpp"
#include "engine/sample/done_set.hpp"

namespace retort::engine {

// Calls each(key) for those of them whose last word is a failure. Linear in the records that have
// one.
void for_unneeded(const done_set& done, const way_plan& plan,
                  const std::function<void(const sample_key&)>& each);

// Samples whose last word is a failure, without those.
std::uint64_t failures_of(const done_set& done, const way_plan& plan);

}  // namespace retort::engine
