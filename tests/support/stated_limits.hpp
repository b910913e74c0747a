// Limits with one thing stated, for tests.
#pragma once

#include "engine/config/limits_config.hpp"

namespace retort::test {

inline engine::limits_config rpm(double limit) {
  engine::limits_config stated;
  stated.rpm = limit;
  return stated;
}

inline engine::limits_config tpm(double limit) {
  engine::limits_config stated;
  stated.tpm = limit;
  return stated;
}

inline engine::limits_config places(std::uint32_t concurrency) {
  engine::limits_config stated;
  stated.concurrency = concurrency;
  return stated;
}

}  // namespace retort::test
