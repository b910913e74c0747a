#include "engine/run/bookkeeping.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "engine/directory/dataset_card.hpp"
#include "engine/directory/spending_note.hpp"

namespace retort::engine {
namespace {

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

// A dataset may hold a key, and a server say one.
std::string text_of(const run_parts& of) {
  std::string text = encode(of.facts);
  of.shared->keys.mask_kept(text);
  return text;
}

result<void> save(const run_parts& of) {
  return io::replace_file_at_any_rate(of.directory.summary(), text_of(of));
}

// By the run's processes together; nothing where a price, or what was before, is not known.
std::optional<budget::amount> paid_until_now(const run_parts& of) {
  if (!knows_prices(of)) return std::nullopt;
  if (of.money) return of.money->money.exactly_spent();
  auto sum = of.paid_before;
  for (const auto& gate : of.shared->asking.gates) {
    if (sum) *sum += gate->paid();
  }
  return sum;
}

// Else what the process before has said is all there is.
std::optional<double> usd_until_now(const run_parts& of, const progress_snapshot& at) {
  if (const auto paid = paid_until_now(of)) return paid->shown().usd;
  if (of.money) return std::nullopt;
  return of.usd_before && at.usd ? std::optional(*of.usd_before + *at.usd) : std::nullopt;
}

std::optional<double> usd_in(const run_facts& before) {
  const bool has_ended = before.ended_ms > 0;
  if (has_ended || !before.live) return has_ended ? before.usd() : std::nullopt;
  return before.live->usd;
}

live_facts live_of(const run_parts& of, const progress_snapshot& at) {
  live_facts out;
  out.at_ms = now_ms();
  out.done = at.done();
  out.total = at.expected() ? at.expected() : at.total;
  out.accepted = at.accepted;
  out.rejected = at.rejected;
  out.failed = at.failed;
  const double elapsed = at.elapsed.count();
  out.per_s = elapsed > 0 ? static_cast<double>(at.done_here()) / elapsed : 0;
  out.usd = usd_until_now(of, at);
  return out;
}

// Of what was there before.
void begin_signs(run_parts& of, const std::optional<run_facts>& before) {
  of.facts.starts = before ? before->starts + 1 : 1;
  of.usd_before = before ? usd_in(*before) : std::optional(0.0);
  if (of.has_adopted) of.usd_before.reset();
  of.signs = std::make_unique<latest_file>(of.directory.summary());
}

// Samples that batches hold are held anew by who takes these up.
spending_note spending_of(const run_parts& of) {
  spending_note out;
  out.spent = paid_until_now(of);
  out.ledger_bytes = of.ledger->end();
  if (!of.money) return out;
  out.under_way = of.money->money.exactly_reserved();
  out.under_way -= of.money->in_batches.exactly_reserved();
  if (out.spent) return out;
  out.beyond_ledger = of.money->money.exactly_spent();
  out.beyond_ledger -= of.told.exactly_spent();
  return out;
}

result<void> settle_spending(run_parts& of) {
  if (!of.spending) return {};
  of.spending->finish();
  const spending_note last = spending_of(of);
  const std::string path = of.directory.spending();
  if (last.spent || !last.is_nothing()) return io::replace_file_at_any_rate(path, encode(last));
  ::unlink(path.c_str());  // the ledger tells all
  return {};
}

// What the rows come to is a sum of known parts, or the budget has counted what is not known too.
void take_spent(run_parts& of) {
  const bool is_known = of.money || of.facts.asked_usd();
  auto paid = is_known ? paid_until_now(of) : std::nullopt;
  const bool is_folded = of.views->folded() == of.ledger->end();
  if (!paid && !is_folded) of.facts.spent_usd.reset();  // it is not of all lines
  if (!paid) return;
  *paid += of.elsewhere;
  of.facts.spent_usd = paid->shown().usd;
}

result<void> write_card(const run_parts& of) {
  return replace_card(of.directory.card(), dataset_card(of.what, of.facts, of.summary.views),
                      [&of](std::string& text) { of.shared->keys.mask_kept(text); });
}

// The note says at once where the ledger ends, which may have been cut.
result<void> begin_account(run_parts& of) {
  const bool keeps = of.money || paid_until_now(of);
  if (!keeps) return {};
  const std::string path = of.directory.spending();
  if (auto noted = io::replace_file(path, encode(spending_of(of))); !noted) return noted;
  of.spending = std::make_unique<latest_file>(path);
  return {};
}

std::string state_of(const run_summary& summary) {
  switch (summary.status) {
    case exit_status::done: return "done";
    case exit_status::samples_failed: return "failed samples";
    case exit_status::bad_input: return "bad input";
    case exit_status::stopped: break;
  }
  return "stopped";
}

}  // namespace

bool knows_prices(const run_parts& of) {
  return std::ranges::all_of(of.shared->asking.gates,
                             [](const auto& gate) { return gate->usd().has_value(); });
}

result<void> note_beginning(run_parts& of) {
  of.facts = facts_of(of.what);
  of.facts.state = "at work";
  of.facts.began_ms = of.facts.first_began_ms = now_ms();
  const auto before = read_facts(of.directory);
  const bool is_known = before && *before && (*before)->first_began_ms > 0;
  if (is_known) of.facts.first_began_ms = (*before)->first_began_ms;
  begin_signs(of, before ? *before : std::nullopt);
  if (auto begun = begin_account(of); !begun) return begun;
  const bool is_whole = is_known && (*before)->ledger_bytes >= of.ledger->end();
  if (!of.spending && is_whole) of.facts.spent_usd = usd_besides(**before, of.facts);
  return save(of);
}

void note_progress(run_parts& of, const progress_snapshot& at) {
  of.facts.live = live_of(of, at);
  of.signs->put(text_of(of));
}

void note_spending(run_parts& of) { of.spending->put(encode(spending_of(of))); }

result<void> note_end(run_parts& of) {
  const auto settled = settle_spending(of);
  run_facts& facts = of.facts;
  if (of.signs) of.signs->finish();
  facts.live = live_of(of, of.summary.last);
  facts.state = state_of(of.summary);
  facts.reason = of.summary.reason;
  if (of.options.is_pilot && facts.reason.empty()) {
    facts.state = "stopped";
    facts.reason = "it was a pilot";
  }
  facts.ended_ms = now_ms();
  facts.elapsed_s = of.summary.last.elapsed.count();
  facts.requests = of.summary.last.requests;
  facts.retries = of.summary.last.retries;
  // Of a ledger that reaches beyond dataset.limit nobody has counted all records.
  const std::uint64_t needed = of.found->rows_needed;
  if (needed == 0 || of.what.dataset.reaches(needed - 1)) {
    facts.records = of.feed->total();
    facts.dataset_fingerprint = of.feed->fingerprint();
  }
  // Of a fold that was abandoned, whoever reads this is to look at the ledger itself.
  facts.ledger_bytes = of.views->folded();
  take_fold(of.views->fold(), facts);
  take_spent(of);
  if (facts.live && of.views->folded() == of.ledger->end()) facts.live->usd = facts.usd();
  auto saved = save(of);
  if (saved && !of.what.shard) saved = write_card(of);
  return settled ? saved : settled;
}

}  // namespace retort::engine
