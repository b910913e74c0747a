// `retort bench --find-limits`: what the endpoint's limits are, as a config states them.
#pragma once

#include <map>
#include <string>

#include "engine/limit_search/find_limits.hpp"
#include "tools/bench_flags.hpp"

namespace retort::tools {

// The block, with what it rests on as comments: YAML as it is. Pure; any thread.
std::string limits_text(const engine::found_limits& of);

// Returns the exit status: 0; 1 where an endpoint does not answer or nothing was found, 2, 3 where
// the search ended before it was done, 75 where a signal ended it.
int find_limits_command(const bench_flags& flags, const engine::config& config,
                        const engine::bench_options& options,
                        const std::map<std::size_t, engine::embedded_provider>& embedded);

}  // namespace retort::tools
