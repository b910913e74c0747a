#include "engine/export/export.hpp"

#include <optional>

#include "engine/directory/dataset_card.hpp"
#include "engine/directory/replaced_outputs.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/export/outcomes.hpp"
#include "engine/export/reopened_ledger.hpp"
#include "engine/outputs/outputs.hpp"
#include "engine/plan/way_plan.hpp"

namespace retort::engine {
namespace {

// What is known of the run, and what it has come to under this config. Nothing of a run that has no
// summary.
std::optional<run_facts> sum_up(const config& run, const view_fold& fold,
                                const export_options& options) {
  std::optional<run_facts> before = options.known;
  if (!before) {
    const auto read = read_facts({run.run_dir});
    if (read) before = *read;
  }
  if (!before) return std::nullopt;
  run_facts now = facts_of(run);
  now.state = before->state;
  now.reason = before->reason;
  now.first_began_ms = before->first_began_ms;
  now.began_ms = before->began_ms;
  now.ended_ms = before->ended_ms;
  now.elapsed_s = before->elapsed_s;
  now.requests = before->requests;
  now.retries = before->retries;
  now.records = before->records;
  now.dataset_fingerprint = before->dataset_fingerprint;
  take_fold(fold, now);
  return now;
}

}  // namespace

result<export_summary> export_ledger(const config& run, const export_options& options) {
  auto ledger = reopened_ledger::open(run, options.stop, options.say);
  if (!ledger) return ledger.error();
  view_list views = views_of(run);
  const std::size_t written = views.size();
  auto files =
      replaced_outputs::open(run, views, {options.stop, options.say}, ledger->is_run_at_work());
  if (!files) return files.error();
  outcome_set seen(way_plan(run).layout());
  if (ledger->assess().has_costly()) {
    views.push_back(
        make_outcome_view([&](const told_outcome& one) { seen.note(one.key, one.outcome); }));
  }
  auto fold = ledger->fold(views, *files);
  if (!fold) return fold.error();
  auto done = ledger->pour_into(*fold);
  if (done) done = files->replace();
  if (done && !ledger->is_run_at_work()) done = record_config({run.run_dir}, run);
  if (!done) return done.error();
  export_summary out{fold->counts(),
                     seen.count(unjudged_outcome),
                     ledger->skipped_rows(),
                     ledger->is_run_at_work(),
                     {},
                     std::nullopt};
  for (std::size_t n = 0; n < written; ++n) {
    out.files.push_back(fold->written(n));
  }
  if (out.is_run_at_work) return out;
  out.facts = sum_up(run, *fold, options);
  if (!out.facts) return out;
  // The run's card says what its outputs are now.
  auto renewed =
      replace_card(run_directory{run.run_dir}.card(), dataset_card(run, *out.facts, out.files));
  if (!renewed) return renewed.error();
  return out;
}

result<export_preview> preview_export(const config& run, const export_options& options,
                                      const std::function<void(const std::string&)>& tell) {
  const auto ledger = reopened_ledger::open(run, options.stop, options.say);
  if (!ledger) return ledger.error();
  auto changes = find_changes(run, *ledger, tell);
  if (!changes) return changes.error();
  return export_preview{std::move(*changes), ledger->is_run_at_work()};
}

}  // namespace retort::engine
