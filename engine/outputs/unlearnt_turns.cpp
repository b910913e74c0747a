#include "engine/outputs/unlearnt_turns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/config/output_formats.hpp"
#include "engine/outputs/output_view.hpp"

namespace retort::engine {

bool has_unlearnt_turn(const sample& of) {
  return std::ranges::any_of(of.messages, [](const providers::message& one) {
    return one.role == "assistant" && one.weight == 0;
  });
}

// An output of another step, whose prompt is not the same conversation, is another matter.
result<void> check_unlearnt_turns(const config& run, const sample& asked) {
  const auto& field = step_of(run, asked.key.step).prompt.messages_field;
  const auto would_teach = [&](const output_config& one) {
    const auto& own = step_of(run, step_of_output(run, one)).prompt.messages_field;
    return own == field && find_output_format(one.format)->teaches_all_turns;
  };
  if (!field || !has_unlearnt_turn(asked)) return {};
  if (!std::ranges::all_of(run.outputs, would_teach)) return {};
  return error{errc::dataset,
               fmt::format("prompt.messages_field \"{}\" has a turn of weight 0, and who reads "
                           "format {} would learn it; expected format messages, or one that "
                           "teaches the answer alone (prompt_completion_messages)",
                           *field, run.outputs.front().format)};
}

}  // namespace retort::engine
