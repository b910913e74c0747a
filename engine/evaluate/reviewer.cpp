#include "engine/evaluate/reviewer.hpp"
#include "engine/sample/line_reader.hpp"

#include <fmt/format.h>

namespace retort::engine {

result<bool> reviewer::read(std::string_view line, sample& into, succession* in_turn) const {
  auto read = read_ledger_line(line, into);
  if (!read) return read.error();
  return review(into, in_turn);
}

result<bool> reviewer::review(sample& into, succession* in_turn) const {
  if (into.failure || !assess_) return true;
  const bool is_rendered = into.rendered == assess_->rendering();
  if (into.key.step < assess_->step()) {  // it was handed on, or not, by what its line says
    if (!is_rendered && rows_) {
      auto taken = rows_->take(into);
      if (!taken || !*taken) return taken;
    }
    if (in_turn) in_turn->note(into);
    return true;
  }
  if (is_rendered && into.judged_by == assess_->fingerprint()) {
    if (in_turn) in_turn->note(into);
    return true;
  }
  if (!is_rendered && assess_->needs_no_row()) {
    into.id = fmt::format_int(into.key.ordinal).str();
    into.reference.reset();
    into.columns.clear();
  } else if (!is_rendered && rows_) {
    auto taken = rows_->take(into);
    if (!taken || !*taken) return taken;
  }
  assess_->decide(into);
  if (in_turn) in_turn->judge(into);
  return true;
}

}  // namespace retort::engine
