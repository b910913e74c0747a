#include "engine/run/taking_up.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <unordered_set>

#include "engine/batch/away_rows.hpp"
#include "engine/directory/dataset_source.hpp"
#include "engine/directory/spending_note.hpp"
#include "engine/plan/unneeded.hpp"
#include "engine/run/bookkeeping.hpp"
#include "engine/sample/line_reader.hpp"
#include "engine/sample/sample_mask.hpp"
#include "engine/views/ledger_account.hpp"
#include "io/ledger/ledger_reader.hpp"
#include "io/ledger/ledger_seal.hpp"

namespace retort::engine {
namespace {

// By the price of the judge that is called so now; of one that is gone, the dearest there is.
price price_of_evaluation(const run_parts& of, const config& asked, const evaluation& made) {
  price dearest;
  for (std::size_t i = 0; i < asked.judges.size(); ++i) {
    const auto& by = asked.evaluate[asked.judges[i].evaluator];
    if (by.called() == made.name) return of.shared->asking.gates[first_judge(asked) + i]->costs();
  }
  for (const auto& gate : of.shared->asking.gates) dearest = dearest_of(dearest, gate->costs());
  return dearest;
}

// The digits of its seal, which stand before `"}`.
std::string_view seal_of_line(std::string_view line) { return line.substr(line.size() - 18, 16); }

}  // namespace

void add_spending(const run_parts& of, const sample& done, budget& to) {
  if (done.failure) return;
  const config& asked = step_of(of.what, done.key.step);
  const price costs = of.shared->gate_of(done.key).costs();
  if (!done.is_earlier) to.spent_before(budget::amount_of(most_used(done), costs));
  for (const evaluation& one : done.evaluations) {
    if (!one.usage || one.is_earlier) continue;
    to.spent_before(budget::amount_of(*one.usage, price_of_evaluation(of, asked, one)));
  }
}

result<budget::amount> spent_in(run_parts& of, const std::vector<std::string>& ledgers) {
  budget sum({}, {});
  std::unordered_set<std::string> seen;
  sample done;
  for (const std::string& one : ledgers) {
    const auto note = read_spending({std::filesystem::path(one).parent_path().string()});
    if (!note) return note.error();
    budget noted({}, {});
    const auto count = [&](const io::ledger_line& line) {
      const bool is_new = ledgers.size() == 1 || seen.emplace(seal_of_line(line.text)).second;
      const bool is_noted = note->spent && line.offset < note->ledger_bytes;
      if ((!is_new && !is_noted) || !read_ledger_line(line.text, done)) return true;
      if (is_new) add_spending(of, done, sum);
      if (is_noted) add_spending(of, done, noted);
      return true;
    };
    auto scanned = io::scan_ledger(one, count, of.stop_reading.get());
    if (!scanned) return scanned.error();
    sum.spent_before(note->beyond(noted.exactly_spent()));
    sum.spent_before(note->under_way);
  }
  return sum.exactly_spent();
}

namespace {

// The lines behind the first `ledger_bytes`.
result<budget::amount> told_behind(const run_parts& of, std::uint64_t ledger_bytes) {
  auto ledger = io::ledger_reader::open(of.directory.ledger());
  if (!ledger) return ledger.error();
  budget sum({}, {});
  sample done;
  if (ledger_bytes > 0) {  // the header is the first line that a reader takes
    if (const auto head = ledger->next(); !head) return head.error();
    if (ledger_bytes > ledger->position()) ledger->skip_to(ledger_bytes);
  }
  for (;;) {
    const auto line = ledger->next();
    if (!line) return line.error();
    if (!*line) return sum.exactly_spent();
    if (of.stop_reading->is_raised()) return error{errc::cancelled, "stopped"};
    if (read_ledger_line((*line)->text, done)) add_spending(of, done, sum);
  }
}

// Without a budget. Lines of which nobody noted what they cost are left to who sums them up.
result<void> count_paid(run_parts& of) {
  const auto note = read_spending(of.directory);
  if (!note) return note.error();
  const bool is_first = of.ledger->end() <= io::ledger_header().size() || of.has_adopted;
  if (!note->spent && !is_first) return {};
  const auto behind = told_behind(of, note->spent ? note->ledger_bytes : 0);
  if (!behind) return behind.error();
  of.paid_before = *behind;
  for (const auto& one : {note->beyond({}), note->under_way}) *of.paid_before += one;
  return {};
}

result<void> count_spending(run_parts& of) {
  const auto note = read_spending(of.directory);
  if (!note) return note.error();
  sample done;
  budget::amount noted;
  const auto count = [&](const io::ledger_line& line) {
    if (!read_ledger_line(line.text, done)) return true;
    add_spending(of, done, of.told);
    if (line.offset < note->ledger_bytes) noted = of.told.exactly_spent();
    return true;
  };
  auto scanned = io::scan_ledger(of.directory.ledger(), count, of.stop_reading.get());
  if (!scanned) return scanned.error();
  budget& money = of.money->money;
  for (const auto& one : {of.told.exactly_spent(), note->beyond(noted), note->under_way}) {
    money.spent_before(one);
  }
  if (note->under_way == budget::amount()) return {};
  const spending lost = note->under_way.shown();
  const std::string usd = knows_prices(of) ? fmt::format(", {:.4f} USD", lost.usd) : "";
  of.display->say(
      fmt::format("{} tokens{} count as spent for what was under way when the process "
                  "before, which did not end in order, noted it last",
                  lost.tokens, usd));
  return {};
}

// A row that cannot be rendered any more ends the run or is left out, as dataset.on_error says.
result<void> render_again(run_parts& of, const io::row& row, const io::dataset_reader& from) {
  sample rendered;
  auto made = render_row(*of.shared, row, rendered);
  if (made) {
    mask_keys(of.shared->keys, rendered);
    return of.rendered->add(rendered);
  }
  const std::string line =
      fmt::format("{}:{}: {}", from.file_name(row.file), row.line, made.error().message);
  if (of.what.dataset.on_error == on_error::fail) return error{errc::dataset, line};
  // One of which more is to be asked comes again, and is counted then.
  const bool comes_again = of.what.dataset.reaches(row.ordinal) &&
                           !of.shared->plan.is_done(of.found->done.history_of(row.ordinal));
  if (!comes_again) of.shared->out.skip_row(line);
  return of.rendered->add_bad(row.ordinal);
}

bool must_render(const run_parts& of) {
  return of.found->rendered_otherwise + of.found->rendered_somehow > 0 &&
         !of.shared->assess.needs_no_row();
}

result<void> verify(run_parts& of, const settled_row& each) {
  const std::string ledger = of.directory.ledger();
  if (!of.dataset->is_read_once()) {
    return verify_dataset(of.what, *of.found, ledger, each, of.stop_reading);
  }
  return verify_in_passing(*of.dataset, of.what, *of.found, ledger, each, of.stop_reading.get());
}

// The dataset must be theirs as well.
result<void> find_away(run_parts& of) {
  auto away = open_batches(of.directory.batches(), of.stop_reading.get());
  if (!away) return away.error();
  of.away = std::move(*away);
  auto rows = rows_away(of.away, of.shared->plan, of.stop_reading.get());
  if (!rows) return rows.error();
  add_claims(std::move(*rows), *of.found);
  return {};
}

// The dataset must be the ledger's. What the ledger says of rows and verdicts under another config
// is made anew from it, so that this process counts and writes as if it had been so from the start.
result<void> review_ledger(run_parts& of) {
  auto reader = open_dataset(of.what, of.stop_reading);
  if (!reader) return reader.error();
  of.dataset.emplace(std::move(*reader));
  if (of.found->done.settled() == 0 && of.found->claimed.empty()) return {};
  settled_row each;
  if (must_render(of)) {
    auto made = rendered_rows::create(of.directory.path);
    if (!made) return made.error();
    of.rendered.emplace(std::move(*made));
    each = [&of](const io::row& row, const io::dataset_reader& from) {
      return render_again(of, row, from);
    };
  }
  auto verified = verify(of, each);
  if (verified && of.rendered) verified = of.rendered->finish();
  if (!verified || (of.found->stale == 0 && !of.in_turn)) return verified;
  const reviewer review(&of.shared->assess, of.rendered ? &*of.rendered : nullptr);
  return count_again(of.directory.ledger(), review, *of.found, of.stop_reading.get(),
                     of.in_turn.get());
}

progress_snapshot counts_of(const ledger_state& found, const shared_run& run) {
  progress_snapshot counts;
  counts.accepted = found.accepted;
  counts.rejected = found.rejected;
  counts.resumed = found.done.settled() - found.left_out;
  counts.failed = failures_of(found.done, run.plan);
  counts.reopened = counts.done() - counts.resumed;
  if (!run.settings.dataset.limit) return counts;
  found.done.for_records([&](std::uint64_t ordinal) {
    if (!run.settings.dataset.reaches(ordinal)) counts.beyond += found.done.settled_of(ordinal);
  });
  return counts;
}

}  // namespace

result<void> take_up_ledger(run_parts& of) {
  auto admitted = admit_config(of.directory, of.what);
  if (!admitted) return admitted;
  auto state =
      scan(of.directory.ledger(), of.shared->plan, &of.shared->assess, of.stop_reading.get());
  if (!state) return state.error();
  of.found = std::move(*state);
  of.shared->done = &of.found->done;
  if (auto found = find_away(of); !found) return found;
  if (auto spent = of.money ? count_spending(of) : count_paid(of); !spent) return spent;
  if (of.found->damaged) {
    of.display->say(
        fmt::format("{}: {} damaged lines (the first is line {}): what stands on no other line is "
                    "made again",
                    of.directory.ledger(), of.found->damaged, of.found->first_damaged));
  }
  of.in_turn = succession::make(of.what);
  auto reviewed = review_ledger(of);
  if (!reviewed) return reviewed;
  of.found->claimed = {};
  auto handed_on =
      find_handed_on(of.directory.ledger(), of.shared->plan, *of.found, of.stop_reading.get());
  if (!handed_on) return handed_on;
  of.shared->out.take_up(of.found->done, counts_of(*of.found, *of.shared), of.in_turn.get());
  return record_config(of.directory, of.what);
}

}  // namespace retort::engine
