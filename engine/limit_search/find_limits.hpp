// `retort bench --find-limits`: the search at each endpoint of a config, one after the other, with
// the servers that it wants started. The calling thread is the loop's.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/limit_search/limit_finder.hpp"

namespace retort::engine {

// errc::usage and the like: nothing was sent.
// Blocks until it is over. `say` is told what goes on.
result<std::vector<found_limits>> find_limits(
    const config& what, const finder_options& options,
    const std::map<std::size_t, embedded_provider>& embedded,
    const std::function<void(const std::string&)>& say);

}  // namespace retort::engine
