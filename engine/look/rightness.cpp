#include "engine/look/rightness.hpp"

#include <xxhash.h>

#include <algorithm>

namespace retort::engine {
namespace {

// Those whose detail is the answer that they found (engine/evaluators/).
bool finds_answer(const std::string& kind) {
  constexpr std::string_view kinds[] = {"exact", "numeric", "math", "json_field", "choice"};
  return std::ranges::find(kinds, kind) != std::end(kinds);
}

}  // namespace

rightness::rightness(const std::optional<run_facts>& of) {
  if (!of) return;
  std::ranges::copy_if(of->evaluators, std::back_inserter(deciding_), &evaluator_facts::decides);
}

bool rightness::knows(std::uint32_t step) const {
  return std::ranges::count(deciding_, step, &evaluator_facts::step) > 0;
}

const evaluation* rightness::find(const sample& in, const std::string& name) const {
  const auto found = std::ranges::find(in.evaluations, name, &evaluation::name);
  return found == in.evaluations.end() ? nullptr : &*found;
}

std::optional<bool> rightness::of(const sample& one) const {
  bool is_told = false, is_known = true;
  for (const auto& by : deciding_) {
    if (by.step != one.key.step) continue;
    const evaluation* const made = find(one, by.name);
    if (made && made->score && *made->score < by.threshold) return false;
    is_known = is_known && made && made->score;
    is_told = true;
  }
  return is_told && is_known ? std::optional(true) : std::nullopt;
}

std::optional<std::uint64_t> rightness::answer_of(const sample& one) const {
  const auto by = std::ranges::find(deciding_, one.key.step, &evaluator_facts::step);
  if (by == deciding_.end() || !finds_answer(by->kind)) return std::nullopt;
  const auto right = of(one);
  if (right.value_or(false)) return 0;
  const evaluation* const made = find(one, by->name);
  if (!made || !made->score) return std::nullopt;
  return XXH3_64bits(made->detail.data(), made->detail.size()) | 1;
}

}  // namespace retort::engine
