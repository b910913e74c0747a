#include "engine/directory/resume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "engine/directory/dataset_source.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/sample/line_reader.hpp"
#include "io/file/xxh3.hpp"
#include "io/ledger/ledger_log.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;

// A row's part of the sum. The factor makes rows that changed places another dataset.
std::uint64_t part_of_sum(std::uint64_t row_hash, std::uint64_t ordinal) {
  return row_hash * (2 * ordinal + 1);
}

error unfit(const io::ledger_line& line, std::string_view why) {
  return {errc::mismatch, fmt::format("line {} {}", line.line, why)};
}

error unknown_variant(const io::ledger_line& line, const sample_key& key, std::uint32_t variants) {
  return unfit(line, fmt::format("holds a sample of variant {}, and the config has {} (models, "
                                 "times what varies; from 0): give the config that the ledger was "
                                 "made with",
                                 key.variant, variants));
}

error beyond_n(const io::ledger_line& line, const sample_key& key, std::uint32_t n) {
  return unfit(line, fmt::format("holds sample {} of a record, and samples.n is {}: give at least "
                                 "the n that the ledger was made with",
                                 std::uint64_t{key.k} + 1, n));
}

// One line's beginning, of a kind that this version and this config know.
result<line_head> known_head(const io::ledger_line& line, const slot_layout& layout) {
  auto head = read_line_head(line.text);
  if (!head) return unfit(line, head.error().message);
  if (head->key.ordinal >= max_ordinal) {
    return unfit(line, "holds a sample of a record that no dataset can have");
  }
  if (!layout.has(head->key)) return unfit(line, "holds a sample of a step that the config lacks");
  if (head->key.variant >= layout.variants(head->key.step)) {
    return unknown_variant(line, head->key, layout.variants(head->key.step));
  }
  if (head->key.k >= layout.n(head->key.step)) {
    return beyond_n(line, head->key, layout.n(head->key.step));
  }
  if (!head->is_rejected_unsaid) return head;
  sample whole;  // a line of an older version: its reason stands further on
  auto read = read_ledger_line(line.text, whole);
  if (!read) return unfit(line, read.error().message);
  return head;
}

bool has_answer(const line_head& head) {
  return head.verdict != verdict::failed || head.is_unjudged;
}

void note_stale(const line_head& head, const assessor& assess, ledger_state& state) {
  const bool is_rendered = head.rendered == assess.rendering();
  state.stale += !is_rendered || head.judged_by != assess.fingerprint();
  state.rendered_otherwise += head.rendered != 0 && !is_rendered;
  state.rendered_somehow += head.rendered == 0;
}

using kept_list = std::vector<kept_answer>;

auto order_of(const sample_key& key) {
  return std::tuple(key.ordinal, key.step, key.from, key.variant, key.k);
}

void sort_by_key(kept_list& answers) {
  std::ranges::stable_sort(answers, {}, [](const auto& one) { return order_of(one.key); });
}

std::optional<std::uint64_t> last_of(const kept_list& answers, const sample_key& key) {
  if (answers.empty()) return std::nullopt;
  const auto behind = std::ranges::upper_bound(answers, order_of(key), {},
                                               [](const auto& one) { return order_of(one.key); });
  if (behind == answers.begin()) return std::nullopt;
  const kept_answer& last = *std::prev(behind);
  return order_of(last.key) == order_of(key) ? std::optional(last.offset) : std::nullopt;
}

void note_head(const line_head& head, std::uint64_t offset, const assessor* assess,
               ledger_state& state) {
  state.lines.add(state.done.layout().branch_of(head.key));
  const bool news = state.done.note(head.key, head.verdict, head.open, head.is_awaited());
  if (!news || (head.open && !head.is_unjudged)) return;
  state.rows_needed = std::max(state.rows_needed, head.key.ordinal + 1);
  const bool is_judged_again = assess && head.key.step == assess->step();
  if (is_judged_again && has_answer(head)) note_stale(head, *assess, state);
  if (head.is_unjudged) {
    state.answers.push_back({head.key, offset});
    state.claimed.push_back({head.key.ordinal, head.row_hash});
    return;
  }
  state.accepted += head.verdict == verdict::accepted;
  state.rejected += head.verdict == verdict::rejected;
  state.row_hashes += part_of_sum(head.row_hash, head.key.ordinal);
}

// Most of those that waited for their verdict have it later on: what is kept of them must not grow
// with the ledger.
void leave_out_settled(ledger_state& state) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < state.answers.size(); ++i) {
    if (state.done.is_settled(state.answers[i].key)) continue;
    state.answers[kept] = state.answers[i];
    state.claimed[kept++] = state.claimed[i];
  }
  state.answers.resize(kept);
  state.claimed.resize(kept);
}

error in_ledger(const std::string& ledger, const error& why) {
  return {why.code, fmt::format("{}: {}", ledger, why.message)};
}

// Scans a ledger with a visitor that may fail.
template <class Visit>
result<io::scan_summary> scan_lines(const std::string& ledger, const io::interrupt* stop,
                                    const Visit& visit) {
  result<void> outcome;
  const auto each = [&](const io::ledger_line& line) {
    outcome = visit(line);
    return outcome.has_value();
  };
  auto scanned = io::scan_ledger(ledger, each, stop);
  if (!outcome) return in_ledger(ledger, outcome.error());
  return scanned;
}

// Calls `each` for the dataset's rows as far as the ledger reaches; false ends the reading.
template <class Each>
result<std::uint64_t> for_rows(const config& run, const ledger_state& state,
                               const std::shared_ptr<io::interrupt>& stop, const Each& each) {
  auto reader = open_dataset(run, stop);
  if (!reader) return reader.error();
  while (reader->position() < state.rows_needed) {
    auto got = reader->next();
    if (!got) return got.error();
    if (!*got) break;
    if (!each(**got, *reader)) break;
  }
  return reader->position();
}

// Whoever knows of a record.
std::string holder_of(const std::string& ledger, bool is_away) {
  if (!is_away) return ledger + " holds an answer to";
  return run_directory{fs::path(ledger).parent_path().string()}.batches() + " holds a request of";
}

error changed(const std::string& where, const std::string& ledger, bool is_away) {
  return {errc::mismatch,
          fmt::format("the dataset has changed: {} is not the one that {}. Give the old dataset "
                      "(rows appended to it are welcome), another run name, or --fresh to start "
                      "over (the old run is kept)",
                      where, holder_of(ledger, is_away))};
}

// The slow way, taken only to say what is wrong.
error find_changed_row(const config& run, const ledger_state& state, const std::string& ledger,
                       const std::shared_ptr<io::interrupt>& stop) {
  std::unordered_map<std::uint64_t, std::uint64_t> hashes;
  const auto note = [&hashes](const io::ledger_line& line) {
    auto head = read_line_head(line.text);
    if (head && !head->open) hashes.emplace(head->key.ordinal, head->row_hash);
    return true;
  };
  auto scanned = io::scan_ledger(ledger, note, stop.get());
  if (!scanned) return scanned.error();
  error found = changed("a record", ledger, false);
  (void)for_rows(run, state, stop, [&](const io::row& row, const io::dataset_reader& reader) {
    const std::uint64_t hash = hash_row(row.text);
    const auto known = hashes.find(row.ordinal);
    const bool is_settled_otherwise = known != hashes.end() && known->second != hash;
    const claimed_row* const claim = claimed_otherwise(state, row.ordinal, hash);
    if (!is_settled_otherwise && !claim) return true;
    found = dataset_changed(row, reader, ledger, !is_settled_otherwise && claim->is_away);
    return false;
  });
  return found;
}

}  // namespace

std::uint64_t hash_row(std::string_view text) { return io::xxh3(text); }

error dataset_changed(const io::row& first, const io::dataset_reader& reader,
                      const std::string& ledger, bool is_away) {
  return changed(
      fmt::format("record {} ({}:{})", first.ordinal, reader.file_name(first.file), first.line),
      ledger, is_away);
}

error dataset_too_short(std::uint64_t rows, const ledger_state& state, const std::string& ledger) {
  const bool is_last_away = !state.claimed.empty() && state.claimed.back().is_away &&
                            state.claimed.back().ordinal + 1 == state.rows_needed;
  return {errc::mismatch,
          fmt::format("the dataset has changed: it has {} records, and {} record {}", rows,
                      holder_of(ledger, is_last_away), state.rows_needed - 1)};
}

void add_claims(std::vector<claimed_row> more, ledger_state& state) {
  for (const claimed_row& one : more) {
    state.rows_needed = std::max(state.rows_needed, one.ordinal + 1);
  }
  state.claimed.insert(state.claimed.end(), more.begin(), more.end());
  std::ranges::stable_sort(state.claimed, {}, &claimed_row::ordinal);
}

bool is_claimed(const ledger_state& state, std::uint64_t ordinal) {
  return std::ranges::binary_search(state.claimed, ordinal, {}, &claimed_row::ordinal);
}

const claimed_row* claimed_otherwise(const ledger_state& state, std::uint64_t ordinal,
                                     std::uint64_t row_hash) {
  const auto of_row = std::ranges::equal_range(state.claimed, ordinal, {}, &claimed_row::ordinal);
  const auto other = std::ranges::find_if(
      of_row, [row_hash](const claimed_row& one) { return one.row_hash != row_hash; });
  return other == of_row.end() ? nullptr : &*other;
}

result<void> ledger_survey::note(const io::ledger_line& line) {
  auto head = known_head(line, layout_);
  if (!head) return head.error();
  note_head(*head, line.offset, assess_, state_);
  if (state_.answers.size() >= most_answers_) {
    leave_out_settled(state_);
    most_answers_ = std::max(least_answers, 2 * state_.answers.size());
  }
  return {};
}

ledger_state ledger_survey::finish(std::uint64_t damaged, std::uint64_t first_damaged) {
  leave_out_settled(state_);
  sort_by_key(state_.answers);
  add_claims({}, state_);
  state_.damaged = damaged;
  state_.first_damaged = first_damaged;
  return std::move(state_);
}

result<ledger_state> scan(const std::string& ledger, const way_plan& plan, const assessor* assess,
                          const io::interrupt* stop) {
  ledger_survey survey(plan, assess);
  auto scanned =
      scan_lines(ledger, stop, [&survey](const auto& line) { return survey.note(line); });
  if (!scanned) return scanned.error();
  return survey.finish(scanned->damaged, scanned->first_damaged);
}

std::optional<std::uint64_t> answer_to(const ledger_state& state, const sample_key& key) {
  return last_of(state.answers, key);
}

std::optional<std::uint64_t> handed_on_by(const ledger_state& state, const sample_key& key) {
  return last_of(state.handed_on, key);
}

result<void> find_handed_on(const std::string& ledger, const way_plan& plan, ledger_state& state,
                            const io::interrupt* stop) {
  state.handed_on.clear();
  const std::uint32_t last = plan.layout().last();
  if (last == 0) return {};
  auto scanned = scan_lines(ledger, stop, [&](const io::ledger_line& line) -> result<void> {
    const auto head = read_line_head(line.text);
    if (!head || head->key.step == last || head->verdict != verdict::accepted) return {};
    if (plan.is_done(state.done.history_of(head->key.ordinal))) return {};
    state.handed_on.push_back({head->key, line.offset});
    return {};
  });
  if (!scanned) return scanned.error();
  sort_by_key(state.handed_on);
  return {};
}

// A sample that was settled may be unjudged now, and one that was unjudged be settled.
result<void> count_again(const std::string& ledger, const reviewer& review, ledger_state& state,
                         const io::interrupt* stop, succession* in_turn) {
  done_set seen(state.done.layout());
  std::uint64_t accepted = 0, rejected = 0, left_out = 0;
  state.answers.clear();
  sample judged;
  auto scanned = scan_lines(ledger, stop, [&](const io::ledger_line& line) -> result<void> {
    auto head = read_line_head(line.text);
    if (!head) return unfit(line, head.error().message);
    if (!has_answer(*head)) seen.note(head->key, head->verdict, head->open);
    if (!has_answer(*head) || seen.is_settled(head->key)) return {};
    auto counts = review.read(line.text, judged, in_turn);
    if (!counts) return unfit(line, counts.error().message);
    if (!*counts && head->is_unjudged) return {};  // its row comes again, and is told to be bad
    if (!*counts) {
      ++left_out;
      seen.note(head->key, head->verdict, false);
      return {};
    }
    accepted += judged.verdict() == verdict::accepted;
    rejected += judged.verdict() == verdict::rejected;
    seen.note(head->key, judged.verdict(), judged.is_open(), judged.is_awaited());
    if (judged.is_unjudged) state.answers.push_back({head->key, line.offset});
    return {};
  });
  if (!scanned) return scanned.error();
  std::erase_if(state.answers, [&](const kept_answer& one) { return seen.is_settled(one.key); });
  sort_by_key(state.answers);
  state.done = std::move(seen);
  state.accepted = accepted;
  state.rejected = rejected;
  state.left_out = left_out;
  return {};
}

result<void> verify_dataset(const config& run, const ledger_state& state, const std::string& ledger,
                            const settled_row& each, std::shared_ptr<io::interrupt> stop) {
  std::uint64_t sum = 0;
  bool is_as_claimed = true;
  result<void> outcome;
  auto rows = for_rows(run, state, stop, [&](const io::row& row, const io::dataset_reader& from) {
    const std::uint64_t hash = hash_row(row.text), times = state.done.settled_of(row.ordinal);
    sum += times * part_of_sum(hash, row.ordinal);
    is_as_claimed = !claimed_otherwise(state, row.ordinal, hash);
    if (each && outcome && (times || is_claimed(state, row.ordinal))) outcome = each(row, from);
    return is_as_claimed;
  });
  if (!rows) return rows.error();
  if (is_as_claimed && *rows < state.rows_needed) return dataset_too_short(*rows, state, ledger);
  if (!is_as_claimed || sum != state.row_hashes) return find_changed_row(run, state, ledger, stop);
  return outcome;
}

}  // namespace retort::engine
