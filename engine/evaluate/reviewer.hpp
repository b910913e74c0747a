// A sample of the ledger as the config at hand sees it. This is the one judgement of what was
// written before: views, counts and summary all go by it, so what a line says of its own verdict is
// taken only where nothing has changed since. Immutable after making, but for the file behind
// `rows`: one thread.
#pragma once

#include <string_view>

#include "engine/evaluate/assessor.hpp"
#include "engine/evaluate/rendered_rows.hpp"
#include "engine/filters/succession.hpp"
#include "engine/sample/line_reader.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

class reviewer {
 public:
  // Both outlive it. Without `rows`, ids and references are those of the ledger, unless the config
  // has none. Without `assess` lines are taken at their word.
  explicit reviewer(const assessor* assess, const rendered_rows* rows = nullptr)
      : assess_(assess), rows_(rows) {}

  // Judges a line as it was read, unless it is of a step before the last: its verdict
  // has decided what was asked next, and stays. False when the row cannot be rendered any more
  // (dataset.on_error: skip): its sample counts nowhere.
  // `in_turn`: the filters that go by what was accepted before are asked as well; each sample is to
  // be read once then, in the ledger's order.
  result<bool> review(sample& read, succession* in_turn = nullptr) const;
  // Both, of a simdjson-padded line. errc::mismatch as read_ledger_line().
  result<bool> read(std::string_view line, sample& into, succession* in_turn = nullptr) const;

 private:
  const assessor* assess_;
  const rendered_rows* rows_;
};

}  // namespace retort::engine
