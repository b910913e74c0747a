#include "providers/body/json_body.hpp"

#include "providers/body/mended_json.hpp"

namespace retort::providers {

json_result parse_json_body(const std::string& body) {
  thread_local simdjson::dom::parser parser;
  const auto document = parser.parse(body);
  if (!document.error() || document.error() == simdjson::EMPTY) return document;
  return parser.parse(mended_json(body));
}

}  // namespace retort::providers
