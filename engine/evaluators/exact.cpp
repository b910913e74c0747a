#include "engine/evaluators/exact.hpp"

#include <fmt/format.h>

#include "engine/answers/answer_text.hpp"
#include "engine/evaluator/key_pattern.hpp"
#include "engine/text/letter_case.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

struct exact_rule {
  std::optional<pattern> where;
  bool ignore_case = false;

  bool accepts(std::string_view text, std::string_view reference) const {
    text = trim(text), reference = trim(reference);
    return text == reference || (ignore_case && without_case(text) == without_case(reference));
  }
};

std::optional<std::string_view> find_text(const exact_rule& rule, const candidate& what) {
  if (!rule.where) return what.answer;
  return rule.where->last_in(answer_part(what.answer));
}

judgement compare_texts(const exact_rule& rule, const candidate& what) {
  const auto text = find_text(rule, what);
  if (!text) {
    return right_or_wrong(false, fmt::format("pattern \"{}\" matches nothing", rule.where->text()));
  }
  return right_or_wrong(rule.accepts(*text, what.reference.value_or("")), excerpt(*text));
}

std::optional<std::string> extract_text(const exact_rule& rule, const candidate& what) {
  const auto text = find_text(rule, what);
  if (!text || trim(*text).empty()) return std::nullopt;
  return std::string(trim(*text));
}

result<evaluator> make_exact(const evaluator_config& config) {
  auto where = key_pattern(config, "pattern");
  if (!where) return where.error();
  const exact_rule rule{std::move(*where), config.is_set("ignore_case")};
  return evaluator{.evaluate = std::bind_front(compare_texts, rule),
                   .needs_reference = true,
                   .extract = std::bind_front(extract_text, rule),
                   .are_same = std::bind_front(&exact_rule::accepts, rule)};
}

}  // namespace

evaluator_kind exact() {
  using enum shapes;
  return {"exact",
          {rows::key(verdicts, "evaluate[].exact", value_kind::section, "",
                     "the completion is the reference, white space around them aside"),
           rows::key(verdicts, "evaluate[].exact.ignore_case", value_kind::flag, "false",
                     "capital and small letters are the same"),
           rows::key(verdicts, "evaluate[].exact.pattern", value_kind::text, "all of it",
                     "RE2 on the completion; the last match's first group, or all of it")},
          make_exact};
}

}  // namespace retort::engine
