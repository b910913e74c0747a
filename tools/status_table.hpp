// The shards of a run in words, and for machines. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/status/shard_status.hpp"

namespace retort::tools {

// Lines for a person, at most so many: the run's, a table of its shards and why some stand. Where
// there is no room for all shards, those come first that somebody has to look at.
std::string status_text(const std::string& run, const engine::run_status& of, std::int64_t now_ms,
                        std::size_t most_lines);
// One JSON object, without a newline.
std::string status_json(const std::string& run, const engine::run_status& of);

}  // namespace retort::tools
