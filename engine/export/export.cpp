#include "engine/export/export.hpp"

#include <cstdlib>
#include <functional>
#include <optional>

#include "engine/directory/dataset_card.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/export/output_fold.hpp"
#include "engine/export/reopened_ledger.hpp"
#include "engine/export/unfinished.hpp"

namespace retort::engine {
namespace {

// What is known of the run, and what it has come to under this config. Nothing of a run that has no
// summary.
result<std::optional<run_facts>> sum_up(const config& run, const view_fold& fold,
                                        const export_options& options) {
  std::optional<run_facts> before = options.known;
  if (!before) {
    const auto read = read_facts({run.run_dir});
    if (!read && read.error().code != errc::mismatch) return read.error();
    if (read) before = *read;
  }
  if (!before) return std::optional<run_facts>();
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
  // What a run says at its end is all that it paid, also where it left its outputs incomplete.
  if (options.known) now.spent_usd = before->spent_usd;
  take_fold(fold, now);
  if (!options.known) now.spent_usd = before->spent_usd;
  return std::optional(std::move(now));
}

// By the fold that was made early, where that stands; else by another one.
result<std::unique_ptr<output_fold>> fold_into_outputs(const config& run,
                                                       const export_options& options,
                                                       const reopened_ledger& ledger,
                                                       early_fold& early) {
  if (auto made = early.outputs()) {
    auto finished = made->fold().finish();
    return finished ? result<std::unique_ptr<output_fold>>(std::move(made)) : finished.error();
  }
  auto made = std::make_unique<output_fold>(run, ledger.assess());
  auto opened = made->open({options.stop, options.say}, ledger.is_run_at_work(),
                           std::bind_front(&reopened_ledger::fold, &ledger));
  if (opened) opened = ledger.pour_into(made->fold());
  if (!opened) return opened.error();
  return made;
}

}  // namespace

result<export_summary> export_ledger(const config& run, const export_options& options,
                                     early_fold* begun) {
  std::optional<early_fold> own;
  early_fold& early = begun ? *begun : own.emplace(run);
  const auto ledger = reopened_ledger::open(run, options.stop, options.say, &early);
  if (!ledger) return ledger.error();
  const auto outputs = fold_into_outputs(run, options, *ledger, early);
  if (!outputs) return outputs.error();
  const view_fold& fold = (*outputs)->fold();
  auto done = (*outputs)->files().replace();
  if (done && !ledger->is_run_at_work()) done = record_config({run.run_dir}, run);
  if (!done) return done.error();
  export_summary out{fold.counts(),
                     (*outputs)->unjudged(),
                     ledger->skipped_rows(),
                     count_unfinished(run, fold.done(), ledger->done_by_word()),
                     ledger->is_run_at_work(),
                     (*outputs)->written(),
                     std::nullopt};
  if (out.is_run_at_work) return out;
  auto facts = sum_up(run, fold, options);
  if (!facts) return facts.error();
  out.facts = std::move(*facts);
  if (!out.facts) return out;
  // The run's card says what its outputs are now.
  std::string card = dataset_card(run, *out.facts, out.files);
  known_keys(run, &std::getenv).mask_kept(card);
  auto renewed = replace_card(run_directory{run.run_dir}.card(), std::move(card));
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
