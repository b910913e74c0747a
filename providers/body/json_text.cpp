#include "providers/body/json_text.hpp"

#include "io/base/json_writer.hpp"
#include "providers/body/json_body.hpp"

namespace retort::providers {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

std::string_view members_of(std::string_view object) {
  object = trimmed(object);
  return object.size() < 2 ? std::string_view() : trimmed(object.substr(1, object.size() - 2));
}

split_object split_member(std::string_view object, std::string_view name) {
  split_object out;
  io::json_writer json(out.others);
  simdjson::dom::object members;
  json.open_object();
  if (!parse_json_body(object).get(members)) {
    for (const auto& [key, value] : members) {
      if (key == name) {
        out.member = exact_json(value);
      } else {
        json.foreign_key(key);
        json.raw(exact_json(value));
      }
    }
  }
  json.close_object();
  return out;
}

bool is_json_object(std::string_view text) {
  simdjson::dom::object members;
  return !parse_json_body(text).get(members);
}

std::string minified_object(std::string_view text) {
  const json_result object = parse_json_body(text);
  return object.is_object() ? exact_json(object.value_unsafe()) : "";
}

}  // namespace retort::providers
