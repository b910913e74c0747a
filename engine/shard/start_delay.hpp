// How much later than the first a shard begins, so that a thousand tasks that a scheduler starts in
// one second do not ask the name server, the file system and the provider in one. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstdint>

namespace retort::engine {

// In seconds, always the same for the same shard: two hundred of them begin in a second, and of
// more than a thousand so many more that none waits for longer than five.
inline double start_delay_s(std::uint32_t index, std::uint32_t count) {
  const double most = std::min(5.0, 0.005 * count);
  return most * index / count;
}

}  // namespace retort::engine
