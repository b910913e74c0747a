// What a run with a budget has spent, or may have, of which its ledger's lines tell nothing: for
// attempts that failed, for samples that were left undone, for counts that a provider did not give,
// and for what was under way when the process ended. Kept in spending.json, so that a budget holds
// for all processes of a run together. Any thread.
#pragma once

#include <string>

#include "engine/directory/run_directory.hpp"
#include "engine/quota/budget.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct spending_note {
  budget::amount beyond_ledger;  // below zero where the ledger knows of more
  budget::amount under_way;      // at its worst; nothing once a process has ended in order

  bool operator==(const spending_note&) const = default;
};

std::string encode(const spending_note& what);
// Nothing spent where there is none. errc::mismatch, errc::unreadable, errc::disk.
result<spending_note> read_spending(const run_directory& where);

}  // namespace retort::engine
