// Vertex's format for tuning Gemini: {"systemInstruction", "contents": [{"role": "user" | "model",
// "parts"}], "tools"}. Pure; any thread.
#pragma once

#include "engine/formats/example.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

broken_rule write_gemini(const example& what, io::json_writer& json);

// {"role", "parts": [{"text"}]}
void write_gemini_text(io::json_writer& json, std::string_view role, std::string_view text);

}  // namespace retort::engine
