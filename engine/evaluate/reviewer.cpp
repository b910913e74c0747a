#include "engine/evaluate/reviewer.hpp"
#include "engine/sample/line_reader.hpp"

#include <fmt/format.h>

namespace retort::engine {

result<bool> reviewer::read(std::string_view line, sample& into) const {
  auto read = read_ledger_line(line, into);
  if (!read) return read.error();
  if (into.failure) return true;
  if (into.rendered == assess_->rendering()) {
    assess_->decide_again(into);
    return true;
  }
  if (assess_->needs_no_row()) {
    into.id = fmt::format_int(into.key.ordinal).str();
    into.reference.reset();
  } else if (rows_) {
    auto taken = rows_->take(into);
    if (!taken || !*taken) return taken;
  }
  assess_->decide(into);
  return true;
}

}  // namespace retort::engine
