#include "engine/evaluators.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "engine/json_scalar.hpp"
#include "engine/number.hpp"
#include "engine/pattern.hpp"
#include "engine/text.hpp"

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

// One bare number is enough: "18" is "18 dollars", but "12 monkeys" is not "12 angry men".
bool same_number(std::string_view a, std::string_view b) {
  if (!number::parse(a, units::refused) && !number::parse(b, units::refused)) return false;
  const auto left = number::parse(a);
  return left && left == number::parse(b);
}

// What a numeric evaluator found: the number, or why there is none.
struct answer {
  std::optional<number> value;
  std::string detail;
};

answer read_whole(std::string_view text) {
  const auto value = number::parse(text);
  return {value, value ? excerpt(value->to_string()) : not_one_number(text)};
}

answer read_last(std::string_view completion) {
  const auto value = number::last_in(completion);
  return {value, value ? excerpt(value->to_string()) : "no number"};
}

answer read_captured(std::string_view completion, const pattern& where) {
  if (const auto found = where.last_in(completion)) return read_whole(*found);
  return {std::nullopt, fmt::format("pattern \"{}\" matches nothing", where.text())};
}

evaluation exact(std::string_view completion, std::string_view reference) {
  return {"exact", score(trim(completion) == trim(reference)), excerpt(completion)};
}

evaluation numeric(const std::optional<pattern>& where, std::string_view completion,
                   std::string_view reference) {
  const auto expected = number::parse(reference);
  if (!expected) return {"numeric", 0, "reference " + not_one_number(reference)};
  auto [value, detail] = where ? read_captured(completion, *where) : read_last(completion);
  return {"numeric", score(value == expected), std::move(detail)};
}

evaluation json_field(const std::vector<std::string>& path, std::string_view completion,
                      std::string_view reference) {
  const auto [text, problem] = find_json_scalar(completion, path);
  if (!text) return {"json_field", 0, problem};
  const bool same = trim(*text) == trim(reference) || same_number(*text, reference);
  return {"json_field", score(same), excerpt(*text)};
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
  std::optional<pattern> where;
  if (config.pattern) {
    auto compiled = pattern::compile(*config.pattern);
    if (!compiled) return compiled.error();
    where = std::move(*compiled);
  }
  return evaluator(std::bind_front(numeric, std::move(where)));
}

}  // namespace retort::engine
