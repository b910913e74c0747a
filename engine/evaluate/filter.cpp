#include "engine/evaluate/filter.hpp"

#include <algorithm>

#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

// A refusal that says nothing was not cut: there is simply no answer.
bool is_cut_off(const filter_config& filter, providers::finish ended, bool empty) {
  if (empty && ended == providers::finish::refusal) return false;
  return std::ranges::find(filter.finish, ended) == filter.finish.end();
}

std::optional<reject_reason> check_length(const filter_config& filter, std::string_view text) {
  if (!filter.min_length && !filter.max_length) return std::nullopt;
  const std::size_t length = count_code_points(text);
  if (filter.min_length && length < *filter.min_length) return reject_reason::too_short;
  if (filter.max_length && length > *filter.max_length) return reject_reason::too_long;
  return std::nullopt;
}

}  // namespace

filter_config with_defaults(filter_config filter, std::span<const evaluator_config> evaluators) {
  if (!filter.only_correct) filter.only_correct = any_decides(evaluators);
  return filter;
}

std::optional<reject_reason> why_rejected(const filter_config& filter,
                                          std::optional<std::string_view> completion,
                                          providers::finish ended, agreement evaluated) {
  if (!completion) return reject_reason::error;
  const bool empty = trim(*completion).empty();
  if (is_cut_off(filter, ended, empty)) return reject_reason::cut_off;
  if (empty) return reject_reason::no_output;
  if (filter.only_correct.value_or(true)) {
    if (evaluated == agreement::incorrect) return reject_reason::incorrect;
    if (evaluated == agreement::unscored) return reject_reason::unscored;
  }
  return check_length(filter, *completion);
}

}  // namespace retort::engine
