#include "engine/formats/formats.hpp"

#include <algorithm>

#include "engine/formats/gemini.hpp"
#include "engine/formats/llama_factory.hpp"
#include "engine/formats/messages.hpp"
#include "engine/formats/openai_batch.hpp"
#include "engine/formats/prompt_completion.hpp"

namespace retort::engine {
namespace {

// A format: one line here, and one in engine/config/output_formats.cpp.
constexpr format formats[] = {
    {"prompt_completion", write_prompt_completion, false},
    {"csv", write_prompt_completion, false},
    {"prompt_completion_messages", write_prompt_completion_messages},
    {"messages", write_messages},
    {"text", write_plain_text},
    {"sharegpt", write_sharegpt},
    {"alpaca", write_alpaca},
    {"gemini", write_gemini},
    {"openai_batch", write_openai_batch, false},
};

}  // namespace

const format* find_format(std::string_view name) {
  const auto found = std::ranges::find(formats, name, &format::name);
  return found == std::end(formats) ? nullptr : found;
}

}  // namespace retort::engine
