#include "engine/evaluators/json_field.hpp"

#include "engine/answers/json_answer.hpp"
#include "engine/number/number.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> keys;
  for (std::size_t dot; (dot = path.find('.')) != std::string_view::npos;) {
    keys.emplace_back(path.substr(0, dot));
    path.remove_prefix(dot + 1);
  }
  keys.emplace_back(path);
  return keys;
}

bool is_same(std::string_view text, std::string_view reference) {
  if (trim(text) == trim(reference)) return true;
  const auto left = number::parse(text), right = number::parse(reference);
  return left && right && *left == *right && number::units_agree(*left, *right);
}

judgement compare_field(const std::vector<std::string>& path, const candidate& what) {
  const auto found = find_json_answer(what.answer, path);
  if (!found.text) return right_or_wrong(false, found.problem);
  return right_or_wrong(is_same(*found.text, what.reference.value_or("")), excerpt(*found.text));
}

std::optional<std::string> extract_field(const std::vector<std::string>& path,
                                         const candidate& what) {
  return find_json_answer(what.answer, path).text;
}

result<evaluator> make_json_field(const evaluator_config& config) {
  const auto path = split_path(config.text("path").value_or(""));
  return evaluator{.evaluate = std::bind_front(compare_field, path),
                   .needs_reference = true,
                   .extract = std::bind_front(extract_field, path),
                   .are_same = is_same};
}

}  // namespace

evaluator_kind json_field() {
  return {
      "json_field",
      {rows::key(shapes::verdicts, "evaluate[].json_field.path", value_kind::text, rows::required,
                 "where the answer is in the completion's JSON: answer, or a.b.0")},
      make_json_field};
}

}  // namespace retort::engine
