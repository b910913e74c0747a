#include "engine/config/config_generate.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "engine/text/shown_text.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

using json_value = simdjson::dom::element;

constexpr std::string_view column_forms = "a list of values, or {file: lines.txt}";

bool take_list(json_value from, generated_field& into) {
  simdjson::dom::array list;
  if (from.get(list)) return false;
  for (const json_value one : list) into.values.push_back(providers::exact_json(one));
  return !into.values.empty();
}

bool take_file(json_value from, generated_field& into) {
  simdjson::dom::object object;
  std::string_view file;
  if (from.get(object) || object.size() != 1 || object["file"].get(file)) return false;
  into.file = file;
  return !file.empty();
}

std::vector<generated_field> read_fields(yaml_section& dataset, const std::string& sample) {
  std::vector<generated_field> out;
  providers::json_parser parser;
  simdjson::dom::object all;
  if (parse_any_numbers(parser, sample).get(all)) return out;
  for (const auto& [name, value] : all) {
    generated_field one{.name = std::string(name)};
    if (!take_list(value, one) && !take_file(value, one)) {
      dataset.fail("sample", fmt::format("has {} that is {}; expected {}", shown(name),
                                         providers::exact_json(value), column_forms));
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

std::optional<generate_config> read_generate(yaml_section& dataset) {
  const auto rows = dataset.whole("generate");
  const auto sample = dataset.json("sample");
  if (!rows) {
    if (sample) dataset.fail("sample", "needs dataset.generate, the number of records");
    return std::nullopt;
  }
  if (dataset.has("path")) dataset.fail("generate", "cannot stand beside dataset.path");
  if (dataset.has("format")) dataset.fail("format", "is of files; dataset.generate has none");
  generate_config out{.rows = static_cast<std::uint64_t>(*rows)};
  if (sample) out.fields = read_fields(dataset, *sample);
  return out;
}

}  // namespace retort::engine
