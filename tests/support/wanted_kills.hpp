// How often a test kills what it tests: `usual` times, or fewer where time is short.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace retort::test {

// RETORT_TEST_KILLS says otherwise.
inline std::size_t wanted_kills(std::size_t usual) {
  const char* chosen = std::getenv("RETORT_TEST_KILLS");
  return chosen ? std::strtoul(chosen, nullptr, 10) : usual;
}

}  // namespace retort::test
