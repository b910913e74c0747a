#include "engine/directory/dataset_source.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <utility>
#include <vector>

#include "engine/directory/output_files.hpp"
#include "engine/plan/way_plan.hpp"
#include "engine/sample/line_reader.hpp"
#include "engine/shard/shard_run.hpp"
#include "engine/text/text.hpp"
#include "io/base/json_writer.hpp"
#include "io/dataset/byte_order_mark.hpp"
#include "io/dataset/jsonl.hpp"
#include "io/ledger/ledger_log.hpp"

namespace retort::engine {
namespace {

// By ordinal; 0 where the ledger holds no answer, and what changed there does not matter.
using row_hashes = std::vector<std::uint64_t>;

result<row_hashes> hashes_of(const ledger_state& state, const std::string& ledger,
                             const io::interrupt* stop) {
  row_hashes hashes(state.rows_needed);
  const auto note = [&](const io::ledger_line& line) {
    const auto head = read_line_head(line.text);
    if (head && !head->open) hashes[head->key.ordinal] = head->row_hash;
    return true;
  };
  auto scanned = io::scan_ledger(ledger, note, stop);
  if (!scanned) return scanned.error();
  return hashes;
}

// Whatever becomes of its verdicts, where these are not of this config.
bool is_done(const way_plan& plan, const ledger_state& state, std::uint64_t ordinal) {
  if (state.stale > 0) return state.done.settled_of(ordinal) == plan.slots();
  return plan.is_done(state.done.history_of(ordinal));
}

error in_sample(const generated_field& field, const error& why) {
  return {why.code, fmt::format("dataset.sample.{}: {}", field.name, why.message)};
}

// As JSON texts, blank lines aside.
result<std::vector<std::string>> lines_of(const std::string& file, const io::interrupt& stop) {
  auto bytes = io::open_file(file, stop);
  if (!bytes) return bytes.error();
  const auto lines = io::jsonl_rows(io::without_byte_order_mark(std::move(*bytes)));
  std::vector<std::string> out;
  for (;;) {
    const auto line = lines->next();
    if (!line) return line.error();
    if (!*line && out.empty()) return error{errc::usage, file + " has no lines"};
    if (!*line) return out;
    if (!(*line)->problem.empty()) {
      return error{errc::usage, fmt::format("{}:{} is {}", file, (*line)->line, (*line)->problem)};
    }
    if (!simdjson::validate_utf8((*line)->text)) {
      return error{errc::usage, fmt::format("{}:{} is not UTF-8", file, (*line)->line)};
    }
    io::append_json_string(out.emplace_back(), trim((*line)->text));
  }
}

result<io::dataset_reader> generate_dataset(const generate_config& what,
                                            std::shared_ptr<io::interrupt> stop,
                                            const io::row_part& part) {
  if (!stop) stop = std::make_shared<io::interrupt>();
  std::vector<io::generated_column> columns;
  for (const generated_field& field : what.fields) {
    columns.push_back({field.name, field.values});
    if (field.file.empty()) continue;
    auto lines = lines_of(field.file, *stop);
    if (!lines) return in_sample(field, lines.error());
    columns.back().values = std::move(*lines);
  }
  return io::dataset_reader::generate(what.rows, std::move(columns), std::move(stop), part);
}

}  // namespace

result<io::dataset_reader> open_dataset(const config& run, std::shared_ptr<io::interrupt> stop) {
  const io::row_part part = rows_of(run);
  if (run.dataset.generate) return generate_dataset(*run.dataset.generate, std::move(stop), part);
  io::dataset_options options;
  options.part = part;
  options.format = run.dataset.format;
  options.own_outputs = own_files(run);
  options.earlier_outputs = earlier_files(run);
  options.stop = std::move(stop);
  return io::dataset_reader::open(run.dataset.paths, options);
}

result<void> verify_in_passing(io::dataset_reader& reader, const config& run,
                               const ledger_state& state, const std::string& ledger,
                               const settled_row& each, const io::interrupt* stop) {
  auto hashes = hashes_of(state, ledger, stop);
  if (!hashes) return hashes.error();
  auto kept = io::row_spool::make(run.run_dir);
  if (!kept) return kept.error();
  const way_plan plan(run);
  result<void> outcome;
  while (reader.position() < state.rows_needed) {
    const auto got = reader.next();
    if (!got) return got.error();
    if (!*got) return dataset_too_short(reader.position(), state, ledger);
    const io::row& row = **got;
    const std::uint64_t known = row.ordinal < hashes->size() ? (*hashes)[row.ordinal] : 0;
    const std::uint64_t hash = hash_row(row.text);
    if (known != 0 && known != hash) return dataset_changed(row, reader, ledger);
    const claimed_row* const claim = claimed_otherwise(state, row.ordinal, hash);
    if (claim) return dataset_changed(row, reader, ledger, claim->is_away);
    const bool is_held = known != 0 || is_claimed(state, row.ordinal);
    if (is_held && each && outcome) outcome = each(row, reader);
    if (is_done(plan, state, row.ordinal)) continue;
    if (auto put = (*kept)->keep(row); !put) return put;
  }
  reader.give_back(std::move(*kept));
  return outcome;
}

}  // namespace retort::engine
