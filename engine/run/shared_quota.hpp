// A run's part in quotas and a budget that it shares (limits.shared; engine/lease/lease.md). The
// engine's thread, before its loop runs.
#pragma once

#include "engine/run/run_parts.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Entries that ask endpoints which come and go and have nothing to share: what headers tell is each
// endpoint's own. One line of warning each.
std::vector<std::string> warn_of_unshared_quotas(const config& what);

// Once the gates are there: their endpoints draw from slices from here on. Nothing where no limits
// are shared. errc::usage, with the key: who shares them cannot be reached, or is not one.
result<void> share_quota(run_parts& of);

// Once the ledger is taken up: the first slices, and what the run's tasks have spent together.
result<void> join_quota(run_parts& of);

}  // namespace retort::engine
