#include "engine/look/variant_label.hpp"

#include <fmt/format.h>

#include "io/base/one_line.hpp"
#include "providers/body/json_fields.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t most_bytes = 60;

// {"sampling.temperature":0.3} as "temperature=0.3".
std::string values_text(const std::string& json) {
  providers::json_parser parser;
  simdjson::dom::element values;
  std::string out;
  if (json.empty() || parse_any_numbers(parser, json).get(values)) return out;
  providers::for_members(
      providers::found(values), [&](std::string_view path, simdjson::dom::element value) {
        const std::string_view key = path.substr(path.rfind('.') + 1);
        std::string_view text;
        const bool is_text = !value.get(text);
        out += fmt::format(
            " {}={}", key,
            io::one_line(is_text ? std::string(text) : providers::exact_json(value), most_bytes));
      });
  return out;
}

}  // namespace

std::string variant_label(const std::optional<run_facts>& of, std::uint32_t step,
                          std::uint32_t variant) {
  const variant_facts* const found = of ? of->find(step, variant) : nullptr;
  if (!found) return fmt::format("variant {}", variant);
  const std::string name = found->step_name.empty() ? "" : found->step_name + ": ";
  return name + found->model + values_text(found->values);
}

}  // namespace retort::engine
