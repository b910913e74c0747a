// What a format is given: a sample, and whatever a line may say of it. Plain values; any thread.
#pragma once

#include <string_view>

#include "engine/config/config.hpp"
#include "engine/sample/sample.hpp"
#include "engine/training/conversation.hpp"

namespace retort::engine {

struct example {
  const config& run;
  const output_config& output;
  const sample& of;
  conversation said;
};

// A rule of the consumer's that a sample breaks, in words for the person, who reads them behind
// "its format says: "; "" where it breaks none. Of static storage.
using broken_rule = std::string_view;
inline constexpr broken_rule only_thought = "the answer is more than thinking";

}  // namespace retort::engine
