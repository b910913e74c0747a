#include "engine/outputs/csv_row.hpp"

#include <simdjson.h>

#include <algorithm>

#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string field_of(simdjson::ondemand::value value) {
  std::string_view text;
  switch (value.type().value_unsafe()) {
    case simdjson::ondemand::json_type::string:
      return std::string(value.get_string().value_unsafe());
    case simdjson::ondemand::json_type::null: return "";
    case simdjson::ondemand::json_type::object: {
      simdjson::ondemand::object object;
      if (!value.get(object) && !object.raw_json().get(text)) return std::string(text);
      return "";
    }
    case simdjson::ondemand::json_type::array: {
      simdjson::ondemand::array array;
      if (!value.get(array) && !array.raw_json().get(text)) return std::string(text);
      return "";
    }
    default: return std::string(trim(value.raw_json_token()));
  }
}

}  // namespace

void append_csv_header(const csv_columns& columns, std::string& out) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out += ',';
    const bool is_plain = columns[i].find_first_of(",\"\r\n") == std::string::npos;
    if (is_plain) {
      out += columns[i];
    } else {
      append_quoted(columns[i], out);
    }
  }
  out += "\r\n";
}

bool append_csv_row(std::string_view object, const csv_columns& columns, std::string& out) {
  const simdjson::padded_string padded(object);
  thread_local simdjson::ondemand::parser parser;
  std::vector<std::string> fields(columns.size());
  simdjson::ondemand::document document;
  simdjson::ondemand::object members;
  if (parser.iterate(padded).get(document) || document.get_object().get(members)) return false;
  for (auto member : members) {
    const std::string key(member.unescaped_key().value_unsafe());
    const auto column = std::ranges::find(columns, key);
    simdjson::ondemand::value value;
    if (column == columns.end() || member.value().get(value)) continue;
    fields[static_cast<std::size_t>(column - columns.begin())] = field_of(value);
  }
  std::string row;
  for (const std::string& one : fields) {
    if (!row.empty()) row += ',';
    append_quoted(one, row);
  }
  out.append(row).append("\r\n");
  return true;
}

}  // namespace retort::engine
