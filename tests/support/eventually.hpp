// Waits for what another thread or process brings about, in place of a sleep that guesses.
#pragma once

#include <chrono>
#include <thread>

#include "tests/support/child_process.hpp"

namespace retort::test {

// Asks until `condition` holds; false when it does not within `patience`.
template <class Condition>
bool eventually(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  return true;
}

}  // namespace retort::test
