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

// False where no such line is there.
result<bool> kept_answers::read(std::uint64_t offset, std::uint64_t row_hash, sample& into) {
  ledger_.skip_to(offset);
  auto line = ledger_.next();
  if (!line) return line.error();
  if (!*line || !read_ledger_line((*line)->text, into)) return false;
  if (into.row_hash != row_hash) {
    return error{errc::mismatch,
                 "the dataset has changed: this record is not the one that the ledger holds an "
                 "answer to. Give the old dataset, another run name, or --fresh to start over"};
  }
  return true;
}

result<void> kept_answers::read_handed_on(const sample_key& key, std::uint64_t row_hash,
                                          sample& into) {
  const auto offset = handed_on_by(*found_, key);
  result<bool> there = false;
  if (offset) there = read(*offset, row_hash, into);
  if (!there) return there.error();
  if (*there) return {};
  return error{errc::mismatch, "the ledger lacks the answer that the next step goes on from"};
}

result<bool> kept_answers::take(sample& into) {
  const auto offset = answer_to(*found_, into.key);
  if (!offset) return false;
  sample kept;
  auto there = read(*offset, into.row_hash, kept);
  if (!there || !*there) return there;
  static_cast<generation&>(into) = std::move(static_cast<generation&>(kept));
  into.open.reset();
  into.is_settled = true;
  into.is_earlier = true;
  into.evaluations = std::move(kept.evaluations);
  for (evaluation& one : into.evaluations) one.is_earlier = true;
  return true;
}

}  // namespace retort::engine
