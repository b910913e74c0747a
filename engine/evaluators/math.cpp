#include "engine/evaluators/math.hpp"

#include "engine/answers/answer_text.hpp"
#include "engine/math/math_judge.hpp"

namespace retort::engine {
namespace {

judgement compare_math(const candidate& what) {
  if (!what.reference) return without_reference();
  auto [found, detail] = judge_math(answer_part(what.answer), *what.reference);
  if (found == math_judgement::outcome::unreadable) return unscored(std::move(detail));
  return right_or_wrong(found == math_judgement::outcome::same, std::move(detail));
}

std::optional<std::string> extract_formula(const candidate& what) {
  return find_math_answer(answer_part(what.answer));
}

result<evaluator> make_math(const evaluator_config&) {
  return evaluator{.evaluate = compare_math,
                   .needs_reference = true,
                   .extract = extract_formula,
                   .are_same = are_same_answers};
}

}  // namespace

evaluator_kind math() {
  return {"math",
          {rows::key(shapes::verdicts, "evaluate[].math", value_kind::section, "",
                     "the answer is mathematically the same as the reference; unscored where that "
                     "is no mathematics")},
          make_math};
}

}  // namespace retort::engine
