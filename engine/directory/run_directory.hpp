// The run directory and its manifest: which run this is, so that a resume continues the same one
// or is refused with what changed. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/config/config.hpp"
#include "engine/config/run_directory.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"

namespace retort::engine {

struct manifest {
  std::string run;
  std::map<std::string, std::string> answers;  // answer_shaping()
  std::map<std::string, std::string> views;    // view_shaping()
};

// Creates the directory with its parents. errc::disk, errc::unwritable.
result<run_directory> open_run_directory(const std::string& path);

// To be said once of a ledger whose lock nobody can take, since its file system has none.
std::string without_locks(const std::string& ledger);

// `path` with the first number behind it that nothing is called, not even a dangling link.
std::string free_name(const std::string& path);

// Moves an earlier run, with the views it wrote elsewhere, out of the way: to "<path>.1" or the
// first free number; of a link, what it leads to. What stands at a view's path and is not the run's
// any more is refused as without --fresh, and nothing is moved. Returns where it went, "" when
// there was nothing. `stop`, raised, ends the look at the views with errc::cancelled.
result<std::string> move_aside(
    const run_directory& old, const config& run,
    std::shared_ptr<io::interrupt> stop = std::make_shared<io::interrupt>());

// Nothing where there is none. errc::mismatch, errc::unreadable, errc::disk.
result<std::optional<manifest>> read_manifest(const run_directory& where);

// How the answers of that manifest's run are to another config than this, as describe_changes(); ""
// where they are not. What both have of a key that is at hand is masked.
std::string changed_answers(const manifest& known, const config& run);
// The same for many: `asked` is answer_shaping(run), which reads the files that steps judge by.
std::string changed_answers(const manifest& known, const config& run,
                            const std::map<std::string, std::string>& asked);

// Compares the config with the directory's manifest, and changes nothing. errc::mismatch when what
// shapes the answers has changed, with every key that did; when something was paid for
// (paid_work.hpp) and there is no manifest to say what it answers; and when what a run would write
// over stands in a directory that has none.
result<void> admit_config(const run_directory& where, const config& run);

// The run goes on under this config, which was admitted: writes the manifest where it says
// something else. A shard keeps the config itself as well. errc::disk, errc::unwritable.
result<void> record_config(const run_directory& where, const config& run);

// What a shard keeps of its run's config, and where the paths in that count from.
struct kept_config {
  std::string text, working_directory;
};
// errc::unreadable, errc::mismatch.
result<kept_config> read_kept_config(const run_directory& of_shard);

// The differences as "sampling.temperature: 0.7, now 0.9" lines, joined by "; ".
std::string describe_changes(const std::map<std::string, std::string>& before,
                             const std::map<std::string, std::string>& now);

}  // namespace retort::engine
