// A run's dataset, opened as its config says. One thread.
#pragma once

#include <memory>

#include "engine/config/config.hpp"
#include "engine/directory/resume.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/dataset/dataset.hpp"

namespace retort::engine {

// Without what the run itself writes. `stop`, raised, ends the reading.
result<io::dataset_reader> open_dataset(const config& run,
                                        std::shared_ptr<io::interrupt> stop = nullptr);

// A dataset that is read once is checked as it is read: takes the rows as far as the ledger reaches
// off the reader, holds those with an answer against it, and gives back those that lack one.
// errc::mismatch names the first row that is another. `each` as for verify_dataset().
// `stop`, raised, ends the reading of the ledger, as the reader's own that of the dataset, with
// errc::cancelled.
result<void> verify_in_passing(io::dataset_reader& reader, const config& run,
                               const ledger_state& state, const std::string& ledger,
                               const settled_row& each = {}, const io::interrupt* stop = nullptr);

}  // namespace retort::engine
