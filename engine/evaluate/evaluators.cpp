#include "engine/evaluate/evaluators.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "engine/evaluate/answer_text.hpp"
#include "engine/evaluate/json_answer.hpp"
#include "engine/number/number.hpp"
#include "engine/number/tolerance.hpp"
#include "engine/text/pattern.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

double score(bool correct) { return correct ? correct_score : 0.0; }

std::string not_one_number(std::string_view text) {
  return fmt::format("\"{}\" is not one number", excerpt(text));
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> keys;
  for (std::size_t dot; (dot = path.find('.')) != std::string_view::npos;) {
    keys.emplace_back(path.substr(0, dot));
    path.remove_prefix(dot + 1);
  }
  keys.emplace_back(path);
  return keys;
}

bool are_same(const number& a, const number& b) { return a == b && number::units_agree(a, b); }

// What a numeric evaluator goes by.
struct numeric_rule {
  std::optional<pattern> where;
  decimal_sign decimal = decimal_sign::point;
  std::optional<number> tolerance;
  bool relative = false;  // the tolerance is in hundredths of the reference

  bool accepts(const number& found, const number& expected) const {
    if (!tolerance) return are_same(found, expected);
    return number::are_close(found, expected, *tolerance, relative) &&
           number::units_agree(found, expected);
  }
};

// What a numeric evaluator found: the number, or why there is none.
struct answer {
  std::optional<number> value;
  std::string detail;
};

answer read_whole(std::string_view text, decimal_sign style) {
  const auto value = number::parse(text, style);
  return {value, value ? excerpt(value->to_string()) : not_one_number(text)};
}

answer read_last(std::string_view completion, decimal_sign style) {
  const auto [found, value] = number::last_in(completion, style);
  if (value) return {value, excerpt(value->to_string())};
  if (const auto box = last_boxed(completion)) return {value, not_one_number(*box)};
  return {value, found ? "the last number is part of something else" : "no number"};
}

answer read_captured(std::string_view completion, const pattern& where, decimal_sign style) {
  if (const auto found = where.last_in(completion)) return read_whole(*found, style);
  return {std::nullopt, fmt::format("pattern \"{}\" matches nothing", where.text())};
}

evaluation exact(std::string_view completion, std::string_view reference) {
  return {"exact", score(trim(completion) == trim(reference)), excerpt(completion)};
}

evaluation numeric(const numeric_rule& rule, std::string_view completion,
                   std::string_view reference) {
  const auto expected = number::parse(reference, rule.decimal);
  if (!expected) return {"numeric", 0, "reference " + not_one_number(reference)};
  const auto text = answer_part(completion);
  auto [value, detail] =
      rule.where ? read_captured(text, *rule.where, rule.decimal) : read_last(text, rule.decimal);
  return {"numeric", score(value && rule.accepts(*value, *expected)), std::move(detail)};
}

bool is_same(std::string_view text, std::string_view reference) {
  if (trim(text) == trim(reference)) return true;
  const auto left = number::parse(text), right = number::parse(reference);
  return left && right && are_same(*left, *right);
}

evaluation json_field(const std::vector<std::string>& path, std::string_view completion,
                      std::string_view reference) {
  const auto found = find_json_answer(completion, path);
  if (!found.text) return {"json_field", 0, found.problem};
  return {"json_field", score(is_same(*found.text, reference)), excerpt(*found.text)};
}

result<numeric_rule> make_rule(const evaluator_config& config) {
  numeric_rule rule{.where = {}, .decimal = config.decimal, .tolerance = {}};
  if (config.pattern) {
    auto compiled = pattern::compile(*config.pattern);
    if (!compiled) return compiled.error();
    rule.where = std::move(*compiled);
  }
  if (!config.tolerance) return rule;
  const auto tolerance = parse_tolerance(*config.tolerance);
  if (!tolerance) return error{errc::usage, "tolerance \"" + *config.tolerance + "\" is no number"};
  rule.tolerance = tolerance->size;
  rule.relative = tolerance->relative;
  return rule;
}

}  // namespace

bool is_correct(std::span<const evaluation> evaluations) {
  return !evaluations.empty() && evaluations.front().score >= correct_score;
}

result<evaluator> evaluator::make(const evaluator_config& config) {
  using kind = decltype(config.kind);
  if (config.kind == kind::exact) return evaluator(exact);
  if (config.kind == kind::json_field)
    return evaluator(std::bind_front(json_field, split_path(config.path)));
  auto rule = make_rule(config);
  if (!rule) return rule.error();
  return evaluator(std::bind_front(numeric, std::move(*rule)));
}

}  // namespace retort::engine
