// A line of the ledger (see ledger_lines.md) as the sample it holds. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// What a resume needs of a line, read without looking at the rest of it.
struct line_head {
  sample_key key;
  engine::verdict verdict = verdict::accepted;
  bool has_step = false;  // of a config with steps
  bool open = false;
  bool is_unjudged = false;
  bool has_more = false;            // as in `sample`
  bool is_rejected_unsaid = false;  // rejected, and why stands only in the rest of the line
  std::uint64_t row_hash = 0;
  // Fingerprints as in `sample`; 0 where they stand in the rest of the line, or nowhere.
  std::uint64_t rendered = 0;
  std::uint64_t judged_by = 0;

  bool is_awaited() const { return is_unjudged && has_more; }  // as sample::is_awaited()
};

// Both take a line whose seal holds. errc::mismatch when it is no ledger line of ours, or says
// something that this version does not know: a verdict or a reason that a later one gave.
result<line_head> read_line_head(std::string_view line);
// `line` must be simdjson-padded.
result<void> read_ledger_line(std::string_view line, sample& into);

}  // namespace retort::engine
