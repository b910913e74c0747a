// The formats of preference: a prompt, an answer and a worse one. TRL's {"prompt", "chosen",
// "rejected"}; OpenAI's {"input": {"messages", "tools"}, "preferred_output",
// "non_preferred_output"}; Vertex's for Gemini {"system_instruction", "contents", "completions":
// [{"score", "completion"}]}, texts only. Pure; any thread.
#pragma once

#include "engine/formats/record_formats.hpp"

namespace retort::engine {

broken_rule keep_preference(const example& what, kept_half& into);
broken_rule keep_openai_preference(const example& what, kept_half& into);
broken_rule keep_unpaired(const example& what, kept_half& into);
broken_rule keep_gemini_preference(const example& what, kept_half& into);

std::vector<std::string> write_preference(std::span<const record_half> of,
                                          const output_config& output);
std::vector<std::string> write_openai_preference(std::span<const record_half> of,
                                                 const output_config& output);
std::vector<std::string> write_unpaired(std::span<const record_half> of,
                                        const output_config& output);
std::vector<std::string> write_gemini_preference(std::span<const record_half> of,
                                                 const output_config& output);

}  // namespace retort::engine
