#include "providers/body/mended_json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace retort::providers {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t escape_size = 6;  // \uXXXX

// The UTF-16 unit of the \uXXXX that the text begins with; nothing when there is another thing.
std::optional<unsigned> escaped_unit(std::string_view json) {
  const std::string_view escape = json.substr(0, escape_size);
  if (escape.size() < escape_size || !escape.starts_with("\\u")) return std::nullopt;
  unsigned unit = 0;
  const char* const end = escape.data() + escape.size();
  const auto [stop, problem] = std::from_chars(escape.data() + 2, end, unit, 16);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return unit;
}

bool is_high(unsigned unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(unsigned unit) { return unit >= 0xdc00 && unit < 0xe000; }

// The length of the character of UTF-8 that the text begins with; 0 where it begins with none.
std::size_t character_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || size > text.size()) return 0;
  return simdjson::validate_utf8(text.data(), size) ? size : 0;
}

class mender {
 public:
  explicit mender(std::string_view text) : rest_(text) {
    if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
    out_.reserve(rest_.size() + simdjson::SIMDJSON_PADDING);
  }

  std::string mended() && {
    while (!rest_.empty()) {
      if (in_string_) {
        take_of_string();
      } else {
        take_between_strings();
      }
    }
    return std::move(out_);
  }

 private:
  void copy(std::size_t bytes) {
    out_ += rest_.substr(0, bytes);
    rest_.remove_prefix(std::min(bytes, rest_.size()));
  }
  void replace(std::size_t bytes, std::string_view by) {
    out_ += by;
    rest_.remove_prefix(bytes);
  }

  void take_of_string() {
    const char c = rest_.front();
    if (c == '\\') return take_escape();
    if (static_cast<unsigned char>(c) < 0x20)
      return replace(1, fmt::format("\\u{:04x}", static_cast<unsigned>(c)));
    if (c == '"') in_string_ = false;
    const std::size_t size = character_size(rest_);
    if (size == 0) return replace(1, "\\ufffd");
    copy(size);
  }

  void take_escape() {
    const auto unit = escaped_unit(rest_);
    if (!unit) return copy(2);  // a quote behind a backslash ends no string
    const std::string_view behind = rest_.substr(escape_size);
    if (is_high(*unit) && is_low(escaped_unit(behind).value_or(0))) return copy(2 * escape_size);
    if (is_high(*unit) || is_low(*unit)) return replace(escape_size, "\\ufffd");
    copy(escape_size);
  }
  void take_between_strings() {
    const char c = rest_.front();
    in_string_ = c == '"';
    for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
      if (rest_.starts_with(word)) return replace(word.size(), "null");
    }
    copy(1);
  }

  std::string_view rest_;
  std::string out_;
  bool in_string_ = false;
};

}  // namespace

std::string mended_json(std::string_view text) { return mender(text).mended(); }

string_halves halves_in(std::string_view json) {
  string_halves out;
  for (std::size_t at = json.find("\\u"); at != json.npos; at = json.find("\\u", at + 2)) {
    const unsigned unit = escaped_unit(json.substr(at)).value_or(0);
    const std::size_t behind = at + escape_size;
    if (is_high(unit) && behind < json.size() && json[behind] == '"') out.first = unit;
    if (is_low(unit) && at > 0 && json[at - 1] == '"') out.second = unit;
  }
  return out;
}

}  // namespace retort::providers
