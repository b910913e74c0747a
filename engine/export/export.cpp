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

// The run's card says what its outputs are now; of a run that has none yet there is nothing to say.
result<void> renew_card(const config& run, const view_fold& fold,
                        const std::vector<written_view>& files) {
  const run_directory where{run.run_dir};
  const auto before = read_facts(where);
  if (!before || !*before) return {};
  run_facts now = facts_of(run);
  now.first_began_ms = (*before)->first_began_ms;
  now.ended_ms = (*before)->ended_ms;
  now.records = (*before)->records;
  now.dataset_fingerprint = (*before)->dataset_fingerprint;
  take_fold(fold, now);
  return replace_card(where.card(), dataset_card(run, now, files));
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
                     {}};
  for (std::size_t n = 0; n < written; ++n) {
    out.files.push_back(fold->written(n));
  }
  if (out.is_run_at_work) return out;
  auto renewed = renew_card(run, *fold, out.files);
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
