// How a step's variant is called where a person reads it: "solve: gpt-5.6-luna temperature=0.3".
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/directory/run_facts.hpp"

namespace retort::engine {

std::string variant_label(const std::optional<run_facts>& of, std::uint32_t step,
                          std::uint32_t variant);

}  // namespace retort::engine
