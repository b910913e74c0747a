#include "engine/quota/request_bound.hpp"

#include <simdjson.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

using simdjson::dom::element;

constexpr std::int64_t most_believed = 1'000'000'000;

std::string plain(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c != '_') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

bool is_length(const std::string& key) { return key.starts_with("max") && key.ends_with("tokens"); }

bool is_count(const std::string& key) {
  return key == "n" || key == "bestof" || key == "candidatecount" || key == "numreturnsequences";
}

struct bounds {
  std::int64_t length = 0, count = 1;  // 0: not said
};

void look_at(element value, bounds& out);

void look_at(std::string_view key, element value, bounds& out) {
  double number = 0;
  if (value.get(number) || !(number > 0)) return look_at(value, out);
  const auto whole = static_cast<std::int64_t>(std::min<double>(number, most_believed));
  const std::string name = plain(key);
  if (is_length(name)) out.length = std::max(out.length, whole);
  if (is_count(name)) out.count = std::max(out.count, whole);
}

void look_at(element value, bounds& out) {
  simdjson::dom::object members;
  if (value.get(members)) return;
  for (const auto& [key, member] : members) look_at(key, member, out);
}

}  // namespace

std::optional<std::int64_t> most_output(const providers::sampling& asked) {
  bounds extra;
  providers::json_parser parser;
  element root;
  if (!asked.extra.empty() && !parse_any_numbers(parser, asked.extra).get(root))
    look_at(root, extra);
  const std::int64_t length = std::max(asked.max_tokens.value_or(0), extra.length);
  if (length == 0) return std::nullopt;
  return std::min(length, most_believed) * std::min<std::int64_t>(extra.count, 1000);
}

}  // namespace retort::engine
