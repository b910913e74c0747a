#include "engine/filter.hpp"

#include <array>

#include "engine/text.hpp"

namespace retort::engine {
namespace {

constexpr std::array<std::string_view, reject_reasons> names{"error", "no_output", "incorrect",
                                                             "too_short", "too_long"};

std::optional<reject_reason> judge_length(const filter_config& filter, std::string_view text) {
  if (!filter.min_length && !filter.max_length) return std::nullopt;
  const std::size_t length = count_code_points(text);
  if (filter.min_length && length < *filter.min_length) return reject_reason::too_short;
  if (filter.max_length && length > *filter.max_length) return reject_reason::too_long;
  return std::nullopt;
}

}  // namespace

std::string_view name(reject_reason reason) { return names[static_cast<std::size_t>(reason)]; }

filter_config with_defaults(filter_config filter, std::span<const evaluator_config> evaluators) {
  if (!filter.only_correct) filter.only_correct = !evaluators.empty();
  return filter;
}

std::optional<reject_reason> judge(const filter_config& filter,
                                   std::optional<std::string_view> completion,
                                   std::span<const evaluation> evaluations) {
  if (!completion) return reject_reason::error;
  if (trim(*completion).empty()) return reject_reason::no_output;
  if (filter.only_correct.value_or(true) && !is_correct(evaluations))
    return reject_reason::incorrect;
  return judge_length(filter, *completion);
}

}  // namespace retort::engine
