#include "engine/resume.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <optional>
#include <unordered_map>

#include "io/dataset.hpp"
#include "io/ledger_log.hpp"

namespace retort::engine {
namespace {

// A row's part of the sum. The factor makes rows that changed places another dataset.
std::uint64_t part_of_sum(std::uint64_t row_hash, std::uint64_t ordinal) {
  return row_hash * (2 * ordinal + 1);
}

std::optional<error> note(const io::ledger_line& line, ledger_state& state) {
  auto head = read_line_head(line.text);
  if (!head)
    return error{errc::mismatch, fmt::format("line {} {}", line.line, head.error().message)};
  const bool news = state.done.note(head->key, head->verdict, head->open);
  if (!news || head->open) return std::nullopt;
  state.accepted += head->verdict == verdict::accepted;
  state.rejected += head->verdict == verdict::rejected;
  state.row_hashes += part_of_sum(head->row_hash, head->key.ordinal);
  state.rows_needed = std::max(state.rows_needed, head->key.ordinal + 1);
  return std::nullopt;
}

std::uint64_t settled_variants(const config& run, const ledger_state& state,
                               std::uint64_t ordinal) {
  std::uint64_t count = 0;
  for (std::uint32_t variant = 0; variant < run.models.size(); ++variant) {
    count += state.done.is_settled(ordinal, variant);
  }
  return count;
}

// Calls `each` for the dataset's rows as far as the ledger reaches; false ends the reading.
template <class Each>
result<std::uint64_t> for_rows(const config& run, const ledger_state& state, const Each& each) {
  auto reader = io::dataset_reader::open(run.dataset.paths);
  if (!reader) return reader.error();
  std::uint64_t rows = 0;
  while (rows < state.rows_needed) {
    auto got = reader->next();
    if (!got) return got.error();
    if (!*got) break;
    ++rows;
    if (!each(**got, *reader)) break;
  }
  return rows;
}

// The slow way, taken only to say what is wrong.
error find_changed_row(const config& run, const ledger_state& state, const std::string& ledger) {
  std::unordered_map<std::uint64_t, std::uint64_t> hashes;
  auto scanned = io::scan_ledger(ledger, [&hashes](const io::ledger_line& line) {
    auto head = read_line_head(line.text);
    if (head && !head->open) hashes.emplace(head->key.ordinal, head->row_hash);
    return true;
  });
  std::string where = "a record";
  (void)for_rows(run, state, [&](const io::row& row, const io::dataset_reader& reader) {
    const auto known = hashes.find(row.ordinal);
    if (known == hashes.end() || known->second == hash_row(row.text)) return true;
    where = fmt::format("record {} ({}:{})", row.ordinal, reader.file_name(row.file), row.line);
    return false;
  });
  return {errc::mismatch,
          fmt::format("the dataset has changed: {} is not the one that {} holds an answer to. Give "
                      "the old dataset (rows appended to it are welcome), another run name, or "
                      "--fresh to start over (the old run is kept)",
                      where, ledger)};
}

}  // namespace

std::uint64_t hash_row(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

result<ledger_state> scan(const std::string& ledger, std::uint32_t variants) {
  ledger_state state(variants);
  std::optional<error> failed;
  auto scanned = io::scan_ledger(ledger, [&](const io::ledger_line& line) {
    failed = note(line, state);
    return !failed;
  });
  if (!scanned) return scanned.error();
  if (failed) return error{failed->code, fmt::format("{}: {}", ledger, failed->message)};
  state.damaged = scanned->damaged;
  state.first_damaged = scanned->first_damaged;
  return state;
}

result<void> verify_dataset(const config& run, const ledger_state& state,
                            const std::string& ledger) {
  std::uint64_t sum = 0;
  auto rows = for_rows(run, state, [&](const io::row& row, const io::dataset_reader&) {
    const std::uint64_t times = settled_variants(run, state, row.ordinal);
    if (times) sum += times * part_of_sum(hash_row(row.text), row.ordinal);
    return true;
  });
  if (!rows) return rows.error();
  if (*rows < state.rows_needed) {
    return error{
        errc::mismatch,
        fmt::format("the dataset has changed: it has {} records, and {} holds an answer to "
                    "record {}",
                    *rows, ledger, state.rows_needed - 1)};
  }
  if (sum != state.row_hashes) return find_changed_row(run, state, ledger);
  return {};
}

}  // namespace retort::engine
