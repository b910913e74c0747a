// What a step's template may say of the steps before it. Pure; any thread.
#pragma once

#include <cstdint>

#include "engine/config/config.hpp"
#include "engine/prompt/prompt_template.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Each name that begins with "steps" is one of an earlier step's: {{steps.NAME.text}},
// {{steps.NAME.json.a.b}}, {{steps.NAME.reasoning}}. errc::usage with what is wrong. Of a config
// without steps, any name is the record's.
result<void> check_step_names(const prompt_template& text, const config& run, std::uint32_t step);

// What is filled from the record alone (a reference, what a judge or a test sees) names no step of
// a config that has some. errc::usage.
result<void> check_no_step_names(const prompt_template& text, const config& run);

}  // namespace retort::engine
