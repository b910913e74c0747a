#include "tools/mock/answers/json.hpp"

namespace retort::mock {

std::string_view text_at(json_result from) {
  std::string_view text;
  return from.get(text) ? std::string_view() : text;
}

std::uint64_t count_at(json_result from) {
  std::int64_t count = 0;
  return from.get(count) || count < 0 ? 0 : static_cast<std::uint64_t>(count);
}

bool is_true(json_result from) {
  bool flag = false;
  return !from.get(flag) && flag;
}

void write_or_null(io::json_writer& json, std::string_view name, std::string_view text) {
  json.key(name);
  text.empty() ? json.raw("null") : json.value(text);
}

}  // namespace retort::mock
