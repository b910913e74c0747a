// What a step's answer is to the prompts of the steps behind it. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "providers/body/types.hpp"

namespace retort::engine {

// {"text": ..., "reasoning": ..., "json": ...}: what it says behind its thinking, the thinking that
// the provider tells apart, and the JSON in it, where there is any: all of it, else the last
// object.
std::string answer_fields(const providers::completion& of);

// The context of a later prompt, {"steps": {NAME: fields}}, by names and answer_fields().
std::string steps_context(
    std::span<const std::pair<std::string_view, std::string_view>> named_fields);

}  // namespace retort::engine
