#include "engine/run/closing.hpp"

#include "engine/generate/court.hpp"
#include "engine/run/bookkeeping.hpp"

namespace retort::engine {
namespace {

void tell_failure(const result<void>& step, run_summary& summary) {
  if (step || summary.reason == step.error().message) return;  // it was what stopped the run
  summary.status = exit_status::stopped;
  summary.reason += (summary.reason.empty() ? "" : "; ") + step.error().message;
}

void sum_up_spending(const run_parts& of, run_summary& summary) {
  for (const auto& gate : of.shared->asking.gates) summary.untold += gate->untold();
  if (!of.money) return;
  budget::amount all = of.money->money.exactly_spent();
  all += of.elsewhere;
  summary.spent_tokens = all.tokens;
  if (knows_prices(of)) summary.spent_usd = all.shown().usd;
}

void sum_up_estimates(const run_parts& of, run_summary& summary) {
  admission& first = *of.shared->asking.gates[0];
  if (!first.counts_tokens()) return;
  summary.input_error = first.estimate().input_error();
  summary.output_error = first.estimate().output_error();
}

void sum_up_connections(const run_parts& of, io::http_counters& sum) {
  for (const auto& gate : of.shared->asking.gates) {
    for (const auto& one : gate->endpoints()) {
      sum.connections += one->client->counters().connections;
      sum.resumed += one->client->counters().resumed;
      sum.stale += one->client->counters().stale;
    }
  }
}

}  // namespace

void close(run_parts& of) {
  run_summary& summary = of.summary;
  auto committed = of.ledger->close();
  auto folded = of.views->finish();
  if (folded && !of.what.shard) folded = of.outputs->note_closed();
  if (folded && !of.what.shard) folded = of.outputs->check_in_place();
  if (folded && !of.what.shard) of.outputs->say_left_behind();
  of.context.restart();
  of.context.poll();  // what the views have said meanwhile
  say_who_answers_unasked(of.shared->asking);
  // A signal that came when nothing was left to do stopped nothing.
  const bool is_complete = !of.shared->asking.cut_short && committed && folded;
  if (is_complete && summary.status == exit_status::stopped) {
    summary.status = exit_status::done;
    summary.reason.clear();
  }
  tell_failure(committed, summary);
  tell_failure(folded, summary);
  summary.is_whole = committed.has_value();
  summary.is_exported = folded.has_value();
  summary.counts = of.views->counts();
  for (std::size_t n = 0; n < summary.views.size(); ++n) {
    summary.views[n] = of.views->fold().written(n);
  }
  sum_up_spending(of, summary);
  sum_up_estimates(of, summary);
  sum_up_connections(of, summary.http);
  if (summary.status == exit_status::done && summary.counts.failed > of.what.max_failed) {
    summary.status = exit_status::samples_failed;
  }
  const auto noted = note_end(of);
  if (summary.reason.empty()) tell_failure(noted, summary);
}

}  // namespace retort::engine
