// A shard's part of what a run may use, where nobody gives out more by need: limits and budget
// divided by the number of shards, in whole numbers, so that all of them together never have more
// than the whole. What one shard does not use is lost to the others. Limits that are shared by need
// (limits.shared) are left whole, and then the budget is as well. Pure; any thread.
#pragma once

#include <cstdint>

#include "engine/config/config.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Of a whole number the n-th part: those of all n are the whole, and differ by one at most.
std::uint64_t share_of(std::uint64_t whole, std::uint32_t index, std::uint32_t count);

// Requests and tokens per minute are divided to the millionth, money to the nano-dollar.
// errc::usage with the key: where a shard could not have one request in flight, one a minute, or
// one token.
bool has_shares(const config& run);  // something of it is divided
result<void> take_share(config& run, std::uint32_t index, std::uint32_t count);

}  // namespace retort::engine
