// The rows whose samples are away, for the check of the dataset: their answers come whatever the
// dataset says by then, and are answers to what was sent. One thread.
#pragma once

#include <vector>

#include "engine/batch/batch_file.hpp"
#include "engine/directory/resume.hpp"
#include "engine/plan/way_plan.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"

namespace retort::engine {

// Of all of these. errc::mismatch: one has a sample beyond samples.n, or is not ours;
// errc::unreadable, errc::cancelled.
result<std::vector<claimed_row>> rows_away(const std::vector<batch_file>& batches,
                                           const way_plan& plan,
                                           const io::interrupt* stop = nullptr);

}  // namespace retort::engine
