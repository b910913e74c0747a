// Numbers and times as a person reads them. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace retort::engine {

// "1,319"
std::string grouped(std::uint64_t number);
// "1:02:03", "4:05"
std::string duration_text(std::chrono::duration<double> time);

}  // namespace retort::engine
