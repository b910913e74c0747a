#include "engine/evaluators/numeric.hpp"

#include <fmt/format.h>

#include "engine/answers/answer_text.hpp"
#include "engine/evaluator/key_pattern.hpp"
#include "engine/number/number.hpp"
#include "engine/number/tolerance.hpp"
#include "engine/text/shown_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

std::string not_one_number(std::string_view text) {
  return fmt::format("\"{}\" is not one number", excerpt(text));
}

// What a numeric evaluator goes by.
struct numeric_rule {
  std::optional<pattern> where = {};
  decimal_sign decimal = decimal_sign::point;
  std::optional<engine::tolerance> tolerance = {};

  bool accepts(const number& found, const number& expected) const {
    const bool close =
        tolerance ? number::are_close(found, expected, tolerance->size, tolerance->relative)
                  : found == expected;
    return close && number::units_agree(found, expected);
  }
};

// The number that was found, or why there is none.
struct found_number {
  std::optional<number> value;
  std::string detail;
};

found_number read_whole(std::string_view text, decimal_sign style) {
  const auto value = number::parse(text, style);
  return {value, value ? excerpt(value->to_string()) : not_one_number(text)};
}

found_number read_last(std::string_view completion, decimal_sign style) {
  const auto [found, value] = number::last_in(completion, style);
  if (value) return {value, excerpt(value->to_string())};
  if (const auto box = last_boxed(completion)) return {value, not_one_number(*box)};
  return {value, found ? "the last number is part of something else" : "no number"};
}

found_number read_captured(std::string_view completion, const pattern& where, decimal_sign style) {
  if (const auto found = where.last_in(completion)) return read_whole(*found, style);
  return {std::nullopt, fmt::format("pattern \"{}\" matches nothing", where.text())};
}

found_number read_answer(const numeric_rule& rule, const candidate& what) {
  const auto text = answer_part(what.answer);
  return rule.where ? read_captured(text, *rule.where, rule.decimal)
                    : read_last(text, rule.decimal);
}

judgement compare_numbers(const numeric_rule& rule, const candidate& what) {
  const std::string_view reference = what.reference.value_or("");
  const auto expected = number::parse(reference, rule.decimal);
  if (!expected) return right_or_wrong(false, "reference " + not_one_number(reference));
  auto [value, detail] = read_answer(rule, what);
  return right_or_wrong(value && rule.accepts(*value, *expected), std::move(detail));
}

std::optional<std::string> extract_number(const numeric_rule& rule, const candidate& what) {
  const auto found = read_answer(rule, what);
  if (!found.value) return std::nullopt;
  return found.value->with_unit();
}

// As they were written down by the one above.
bool are_same_numbers(const numeric_rule& rule, std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto left = number::parse(a), right = number::parse(b);
  return left && right && rule.accepts(*left, *right);
}

result<evaluator> make_numeric(const evaluator_config& config) {
  numeric_rule rule;
  auto where = key_pattern(config, "pattern");
  if (!where) return where.error();
  rule.where = std::move(*where);
  if (config.text("decimal") == "comma") rule.decimal = decimal_sign::comma;
  if (const auto given = config.text("tolerance")) {
    rule.tolerance = parse_tolerance(*given);
    if (!rule.tolerance) {
      return error{errc::usage,
                   fmt::format("tolerance is {}; expected a number of at least 0, or a "
                               "share of the reference as in 1%",
                               shown(*given))};
    }
  }
  return evaluator{.evaluate = std::bind_front(compare_numbers, rule),
                   .needs_reference = true,
                   .extract = std::bind_front(extract_number, rule),
                   .are_same = std::bind_front(are_same_numbers, rule)};
}

}  // namespace

evaluator_kind numeric() {
  using enum shapes;
  return {
      "numeric",
      {rows::key(verdicts, "evaluate[].numeric.pattern", value_kind::text, "the last number",
                 "RE2 on the completion; the last match's first group, or all of it"),
       rows::one_of(verdicts, "evaluate[].numeric.decimal", {"point", "comma"}, "point",
                    "what stands before the decimals; comma: 1.234,56"),
       rows::key(verdicts, "evaluate[].numeric.tolerance", value_kind::text,
                 "none: the same number", "how far off it may be: 0.01, or 1% of the reference")},
      make_numeric};
}

}  // namespace retort::engine
