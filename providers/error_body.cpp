#include "providers/error_body.hpp"

#include "io/one_line.hpp"

namespace retort::providers {
namespace {

std::string_view text_or_empty(json_result value) {
  std::string_view text;
  return value.get(text) ? std::string_view() : text;
}

// The object that holds message, type and code.
simdjson::dom::element innermost(simdjson::dom::element body) {
  simdjson::dom::element inner = body;
  if (body.is_array() && !body.at(0).get(inner)) return innermost(inner);
  return !body["error"].get(inner) && inner.is_object() ? inner : body;
}

std::string_view first_text(simdjson::dom::element from,
                            std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const std::string_view text = text_or_empty(from[key]);
    if (!text.empty()) return text;
  }
  return {};
}

error_report read_fields(simdjson::dom::element error) {
  error_report report;
  report.message =
      io::one_line(first_text(error, {"message", "error", "detail"}), max_quoted_bytes);
  report.type = first_text(error, {"type", "error_type"});
  report.code = text_or_empty(error["code"]);
  std::int64_t status = 0;
  if (!error["code"].get(status) && status >= 400 && status < 600) {
    report.status = static_cast<int>(status);
  }
  report.flagged = !error["metadata"]["flagged_input"].error();
  return report;
}

bool has_error_member(simdjson::dom::element from) {
  simdjson::dom::element error;
  return !from["error"].get(error) && !error.is_null();
}

}  // namespace

bool names_error(simdjson::dom::element object) {
  return has_error_member(object) || text_or_empty(object["object"]) == "error";
}

error_report read_error(const json_result& body, std::string_view raw) {
  error_report report;
  simdjson::dom::element root;
  if (!body.get(root)) report = read_fields(innermost(root));
  if (report.message.empty()) report.message = quote_body(raw);
  return report;
}

std::string quote_body(std::string_view raw) {
  std::string line = io::one_line(raw, max_quoted_bytes);
  return line.empty() ? "(empty body)" : line;
}

}  // namespace retort::providers
