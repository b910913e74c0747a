#include "engine/config/output_formats.hpp"

#include <algorithm>

namespace retort::engine {
namespace {

// What other programs read to the letter has no member of ours unless it is asked to.
constexpr output_format formats[] = {
    {.name = "prompt_completion",
     .members = {"prompt", "completion"},
     .has_metadata = true,
     .has_field = true},
    {.name = "csv", .members = {"prompt", "completion"}, .has_metadata = true, .has_field = true},
    {.name = "prompt_completion_messages",
     .members = {"prompt", "completion", "tools"},
     .has_field = true},
    {.name = "messages", .members = {"messages", "tools"}, .has_field = true},
    {.name = "text", .members = {"text"}, .teaches_all_turns = true},
    {.name = "prompt_only", .members = {"prompt", "tools"}},
    {.name = "unpaired", .members = {"prompt", "completion", "tools", "label"}, .has_field = true},
    {.name = "preference",
     .members = {"tools", "prompt", "chosen", "rejected"},
     .has_field = true,
     .is_of_pairs = true},
    {.name = "openai_preference",
     .members = {"input", "preferred_output", "non_preferred_output"},
     .has_field = true,
     .is_of_pairs = true},
    {.name = "gemini",
     .members = {"systemInstruction", "contents", "tools"},
     .teaches_all_turns = true},
    {.name = "gemini_preference",
     .members = {"system_instruction", "contents", "completions"},
     .is_of_pairs = true},
    {.name = "sharegpt",
     .members = {"conversations", "system", "tools"},
     .teaches_all_turns = true},
    {.name = "alpaca",
     .members = {"instruction", "input", "output", "system", "history"},
     .teaches_all_turns = true},
    {.name = "openai_batch",
     .members = {"id", "custom_id", "response", "error"},
     .has_field = true},
    {.name = "verl",
     .members = {"data_source", "prompt", "ability", "reward_model", "extra_info"},
     .needs_reference = true},
    {.name = "reward",
     .members = {"prompt", "tools", "pass_rate", "accepted", "samples", "scores"},
     .needs_verdicts = true},
    {.name = "jq"},
};

}  // namespace

const output_format* find_output_format(std::string_view name) {
  const auto found = std::ranges::find(formats, name, &output_format::name);
  return found == std::end(formats) ? nullptr : found;
}

std::vector<std::string_view> output_format_names() {
  std::vector<std::string_view> out;
  out.reserve(std::size(formats) + 1);
  for (const output_format& one : formats) out.push_back(one.name);
  return out;
}

std::vector<std::string> members_of(const output_format& format) {
  std::vector<std::string> out;
  for (const std::string_view one : format.members) {
    if (!one.empty()) out.emplace_back(one);
  }
  return out;
}

}  // namespace retort::engine
