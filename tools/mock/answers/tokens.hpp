// How the mock counts tokens. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace retort::mock {

// Tokens are estimated as a quarter of the bytes, rounded up.
inline constexpr std::size_t bytes_per_token = 4;

constexpr std::uint64_t tokens_in(std::size_t bytes) {
  return (bytes + bytes_per_token - 1) / bytes_per_token;
}

}  // namespace retort::mock
