#include "engine/directory/paid_work.hpp"

#include <algorithm>
#include <string>

#include "engine/directory/spending_note.hpp"
#include "io/file/presence.hpp"
#include "io/ledger/ledger_seal.hpp"

namespace retort::engine {

// What ends otherwise beside such a file is of a draft, or belongs to one that is there.
result<bool> has_batches_away(const run_directory& where) {
  const auto files = io::paths_in(where.batches());
  if (!files) return files.error();
  if (!*files) return false;
  return std::ranges::any_of(**files,
                             [](const std::string& one) { return one.ends_with(".jsonl"); });
}

result<bool> has_paid_work(const run_directory& where) {
  const auto ledger = io::look_for(where.ledger());
  if (!ledger) return ledger.error();
  const auto header = static_cast<off_t>(io::ledger_header().size());
  if (*ledger && (*ledger)->st_size > header) return true;
  const auto away = has_batches_away(where);
  if (!away || *away) return away;
  const auto spent = read_spending(where);
  if (!spent) return spent.error();
  return !spent->is_nothing();
}

}  // namespace retort::engine
