// What a run has spent, at the prices it was paid at, for attempts that failed and samples that
// were left undone as well; with a budget, also for counts that a provider did not give and for
// what was under way when the process ended. Kept in spending.json, so that a budget holds for all
// processes of a run together, whatever prices come to be. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/directory/run_directory.hpp"
#include "engine/quota/budget.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct spending_note {
  // Of which the ledger's lines tell nothing, below zero where they know of more: where prices are
  // not known, or the lines are not those of one directory.
  budget::amount beyond_ledger = {};
  budget::amount under_way = {};  // at its worst; nothing once a process has ended in order
  // In place of the first: all that was spent, with the lines within the first `ledger_bytes`.
  std::optional<budget::amount> spent = {};
  std::uint64_t ledger_bytes = 0;

  // Beyond the lines, those within `ledger_bytes` coming to `told` by the prices of today.
  budget::amount beyond(const budget::amount& told) const;
  bool is_nothing() const;

  bool operator==(const spending_note&) const = default;
};

std::string encode(const spending_note& what);
// Nothing spent where there is none. errc::mismatch, errc::unreadable, errc::disk.
result<spending_note> read_spending(const run_directory& where);

}  // namespace retort::engine
