#include "providers/json_fields.hpp"

namespace retort::providers {

std::string_view text_at(json_result value) {
  std::string_view text;
  return value.get(text) ? std::string_view() : text;
}

std::int64_t count_at(json_result value, std::int64_t otherwise) {
  std::int64_t count = 0;
  return value.get(count) || count < 0 ? otherwise : count;
}

bool flag_at(json_result value) {
  bool flag = false;
  return !value.get(flag) && flag;
}

bool append_text(json_result value, std::string& out) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    out += text;
    return true;
  }
  return value.error() == simdjson::NO_SUCH_FIELD || value.is_null();
}

}  // namespace retort::providers
