#include "engine/directory/kept_answers.hpp"

#include <utility>

#include "engine/sample/line_reader.hpp"

namespace retort::engine {

// The reader is past the header then, and may go anywhere.
result<kept_answers> kept_answers::open(const std::string& ledger, const ledger_state* found) {
  auto reader = io::ledger_reader::open(ledger);
  if (!reader) return reader.error();
  auto first = reader->next();
  if (!first) return first.error();
  return kept_answers(std::move(*reader), found);
}

result<bool> kept_answers::take(sample& into) {
  const auto offset = answer_to(*found_, into.key);
  if (!offset) return false;
  ledger_.skip_to(*offset);
  auto line = ledger_.next();
  if (!line) return line.error();
  sample kept;
  if (!*line || !read_ledger_line((*line)->text, kept)) return false;
  if (kept.row_hash != into.row_hash) {
    return error{errc::mismatch,
                 "the dataset has changed: this record is not the one that the ledger holds an "
                 "answer to. Give the old dataset, another run name, or --fresh to start over"};
  }
  static_cast<generation&>(into) = std::move(static_cast<generation&>(kept));
  into.open.reset();
  into.is_settled = true;
  into.is_earlier = true;
  into.evaluations = std::move(kept.evaluations);
  for (evaluation& one : into.evaluations) one.is_earlier = true;
  return true;
}

}  // namespace retort::engine
