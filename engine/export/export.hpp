// A finished or running ledger, evaluated, filtered and formatted anew by the fold that a run
// makes, without the run: sends nothing, and never writes the ledger. What costs something to
// evaluate is taken from the ledger where it holds, else the sample is not judged. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/directory/run_facts.hpp"
#include "engine/export/changes.hpp"
#include "engine/export/early_fold.hpp"
#include "engine/views/view_fold.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"

namespace retort::engine {

struct export_options {
  std::shared_ptr<io::interrupt> stop = std::make_shared<io::interrupt>();  // errc::cancelled
  std::function<void(const std::string& line)> say;  // hears what a person must know
  // What is known of the run besides its ledger; nothing: what its summary.json says.
  std::optional<run_facts> known = {};
};

struct export_summary {
  view_counts counts;
  std::uint64_t unjudged = 0;  // of the failed: what judges them is not in the ledger
  std::uint64_t skipped_rows = 0;
  std::uint64_t unfinished = 0;  // count_unfinished()
  bool is_run_at_work = false;   // this is its ledger as far as it was
  std::vector<written_view> files;
  std::optional<run_facts> facts;  // what the run has come to; nothing: not known, or still at work
};

// The outputs are the config's, under the rules of a run. Where one is at work on the ledger they
// must be new files. As reopened_ledger::open() and replaced_outputs. `early`: the fold of who has
// just made the ledger.
result<export_summary> export_ledger(const config& run, const export_options& options,
                                     early_fold* early = nullptr);

// What that would change, and nothing is written.
struct export_preview {
  verdict_changes changes;
  bool is_run_at_work = false;
};
result<export_preview> preview_export(const config& run, const export_options& options,
                                      const std::function<void(const std::string&)>& tell);

}  // namespace retort::engine
