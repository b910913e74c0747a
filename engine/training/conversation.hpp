// A sample as a trainer sees it: who said what, and what is taught. Pure; any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

// The views point into the sample and the config.
struct conversation {
  // Of the prompt, all; what stands beside their words as reasoning is where the output wants it.
  std::span<const providers::message> messages;
  std::string system;                         // those that begin it and are the system's
  std::span<const providers::message> turns;  // the others
  std::string_view answer;
  std::shared_ptr<const std::string> tagged = {};  // the answer, where it is put together
  std::shared_ptr<const std::vector<providers::message>> placed = {};  // messages, in that case
  std::string reasoning = {};  // what goes beside the answer, in a place of its own
  std::span<const providers::tool_call> calls = {};                     // each with an id
  std::shared_ptr<const std::vector<providers::tool_call>> named = {};  // calls, where one had none
  std::string_view tools = {};   // that were offered: a JSON list, or ""
  bool is_only_thought = false;  // no answer behind it, where an output tells the two apart
};

conversation conversation_of(const config& run, const output_config& output, const sample& of);

}  // namespace retort::engine
