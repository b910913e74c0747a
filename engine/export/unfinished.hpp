// Records of which a run would ask for more, though those who made the ledger were done with them:
// as when two shards each took for new what the other had, too. Pure; any thread.
#pragma once

#include <cstdint>

#include "engine/config/config.hpp"
#include "engine/sample/done_set.hpp"

namespace retort::engine {

// `now`: by the verdicts of a fold; `by_word`: by what the same ledger's lines say of themselves.
// What failed is left as it is: that it is tried again is no news. Nor are records counted that a
// run would pass over: without a sample, beyond dataset.limit, or of a row that is no prompt.
std::uint64_t count_unfinished(const config& run, const done_set& now, const done_set& by_word);

}  // namespace retort::engine
