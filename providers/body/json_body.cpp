#include "providers/body/json_body.hpp"

#include "providers/body/mended_json.hpp"

namespace retort::providers {

json_result parse_json_body(std::string_view body) {
  thread_local json_parser parser;
  return parse_json_body(parser, body);
}

json_result parse_json_body(json_parser& parser, std::string_view body) {
  const auto document = parse_any_numbers(parser, body);
  if (!document.error() || document.error() == simdjson::EMPTY) return document;
  return parse_any_numbers(parser, mended_json(body), body);
}

}  // namespace retort::providers
