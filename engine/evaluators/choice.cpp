#include "engine/evaluators/choice.hpp"

#include <fmt/format.h>

#include "engine/answers/answer_text.hpp"
#include "engine/answers/choice_letter.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

judgement compare_letters(const candidate& what) {
  if (!what.reference) return without_reference();
  const char expected = lone_letter(*what.reference);
  if (!expected) {
    return unscored(fmt::format("reference \"{}\" is not one letter", excerpt(*what.reference)));
  }
  const auto [letter, problem] = find_chosen_letter(answer_part(what.answer));
  if (!letter) return unscored(problem);
  return right_or_wrong(letter == expected, std::string(1, letter));
}

std::optional<std::string> extract_letter(const candidate& what) {
  const char letter = find_chosen_letter(answer_part(what.answer)).letter;
  if (!letter) return std::nullopt;
  return std::string(1, letter);
}

result<evaluator> make_choice(const evaluator_config&) {
  return evaluator{.evaluate = compare_letters,
                   .needs_reference = true,
                   .extract = extract_letter,
                   .are_same = std::equal_to<>()};
}

}  // namespace

evaluator_kind choice() {
  return {
      "choice",
      {rows::key(shapes::verdicts, "evaluate[].choice", value_kind::section, "",
                 "the letter that the answer chooses is the reference's; unscored where it names "
                 "none, or two")},
      make_choice};
}

}  // namespace retort::engine
