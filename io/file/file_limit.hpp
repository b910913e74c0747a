// How many files the process may have open: its own limit is often 1,024 (ulimit -n) where what the
// system lets it have (ulimit -H -n) is much higher. A connection counts as one. Any thread.
#pragma once

#include <cstdint>

namespace retort::io {

// What a process has open besides: the standard streams, the loop's own, outputs, a name look-up.
inline constexpr std::uint64_t other_files = 64;

// Raises the limit to so many, as far as the system lets it; returns what it is then.
std::uint64_t raise_file_limit(std::uint64_t needed);

}  // namespace retort::io
