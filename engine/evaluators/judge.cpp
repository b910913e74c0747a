#include "engine/evaluators/judge.hpp"

#include <charconv>
#include <cmath>

#include "engine/evaluator/key_pattern.hpp"

namespace retort::engine {
namespace {

constexpr std::string_view what_scale_is =
    "scale needs the lowest and the highest number of a verdict, as [0, 10] (a judge that compares "
    "has pairwise in its place)";

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  const bool is_number = failed == std::errc() && stop == end && std::isfinite(value);
  return is_number ? std::optional(value) : std::nullopt;
}

result<void> take_scale(const evaluator_config& config, judge_rule& into) {
  const auto ends = config.texts("scale");
  if (ends.size() != 2) return error{errc::usage, std::string(what_scale_is)};
  const auto low = number_of(ends[0]), high = number_of(ends[1]);
  if (!low || !high || *low >= *high) return error{errc::usage, std::string(what_scale_is)};
  into.low = *low;
  into.high = *high;
  return {};
}

// The judge must see what it is to judge.
result<void> take_prompt(const evaluator_config& config, judge_rule& into) {
  into.prompt = config.text("prompt").value_or("");
  into.against = config.text("pairwise");
  const auto lacks = [&](std::string_view name) {
    return into.prompt.find(name) == into.prompt.npos;
  };
  if (!into.against && lacks("completion")) {
    return error{errc::usage,
                 "prompt has no {{completion}}: the judge would not see what it is to judge"};
  }
  if (into.against && (lacks("first") || lacks("second"))) {
    return error{errc::usage,
                 "prompt has no {{first}} or no {{second}}: with pairwise the two answers stand "
                 "there, either one first"};
  }
  return {};
}

// Which of two is better, as a number.
result<void> take_ends(const evaluator_config& config, judge_rule& into) {
  if (!into.against) return take_scale(config, into);
  into.high = 1;
  if (config.texts("scale").empty()) return {};
  return error{errc::usage, "scale does not go with pairwise, where a verdict is A, B or a tie"};
}

result<evaluator> make_judge(const evaluator_config& config) {
  const auto rule = judge_rule_of(config);
  if (!rule) return rule.error();
  evaluator made;
  const auto names_it = [](const std::string& text) {
    return text.find("reference") != std::string::npos;
  };
  made.sees_reference = names_it(rule->prompt) || (rule->against && names_it(*rule->against));
  return made;
}

}  // namespace

result<judge_rule> judge_rule_of(const evaluator_config& config) {
  judge_rule rule;
  auto taken = take_prompt(config, rule);
  if (taken) taken = take_ends(config, rule);
  if (!taken) return taken.error();
  auto where = key_pattern(config, "pattern");
  if (!where) return where.error();
  rule.where = std::move(*where);
  if (const auto votes = config.text("votes")) {
    std::from_chars(votes->data(), votes->data() + votes->size(), rule.votes);
  }
  return rule;
}

evaluator_kind judge() {
  using enum shapes;
  return {
      "judge",
      {rows::key(verdicts, "evaluate[].judge.prompt", value_kind::text, rows::required,
                 "template: the record's fields, {{completion}} (fenced off, as data) and "
                 "{{reference}}"),
       rows::key(verdicts, "evaluate[].judge.scale", value_kind::texts, "none with pairwise",
                 "[lowest, highest] of a verdict: the score is where it stands between them"),
       rows::key(
           verdicts, "evaluate[].judge.pairwise", value_kind::text, "none",
           "template of an answer, as '{{reference}}', that the completion is held against: "
           "the prompt shows both as {{first}} and {{second}}, asked twice, either one first; "
           "the reply says A (the first), B, or C or tie; score: 1 better, 0.5 tie, 0 worse"),
       rows::key(verdicts, "evaluate[].judge.pattern", value_kind::text,
                 "the last number of the reply; pairwise: the letter that it chooses",
                 "RE2 on the reply; the last match's first group, or all of it, is the verdict"),
       rows::ranged(verdicts, "evaluate[].judge.votes", value_kind::whole, {1, 100}, "1",
                    "verdicts on each sample; their mean counts")},
      make_judge,
      true};
}

}  // namespace retort::engine
