#include "io/json_writer.hpp"

#include <array>
#include <cmath>
#include <cstring>

namespace retort::io {
namespace {

// 0: as it is; 'u': \u00XX; else the letter after the backslash.
constexpr std::array<char, 256> escapes = [] {
  std::array<char, 256> table{};
  for (int c = 0; c < 0x20; ++c) table[static_cast<std::size_t>(c)] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

void append_escape(std::string& out, unsigned char c) {
  out += '\\';
  out += escapes[c];
  if (escapes[c] != 'u') return;
  constexpr char hex[] = "0123456789abcdef";
  out += "00";
  out += hex[c >> 4];
  out += hex[c & 15];
}

// Whether one of eight bytes needs an escape: below 0x20, a quote or a backslash. The usual tricks
// on a word of bytes (a byte minus one borrows only from zero); bytes above 0x7F are never marked.
bool has_escape(const char* eight) {
  constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
  std::uint64_t word = 0;
  std::memcpy(&word, eight, sizeof word);
  const std::uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
  const std::uint64_t marked = ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) |
                               ((backslash - ones) & ~backslash);
  return (marked & tops) != 0;
}

// How many bytes from `from` on need no escape.
std::size_t plain_run(std::string_view text, std::size_t from) {
  std::size_t i = from;
  while (i + 8 <= text.size() && !has_escape(text.data() + i)) i += 8;
  while (i < text.size() && escapes[static_cast<unsigned char>(text[i])] == 0) ++i;
  return i - from;
}

}  // namespace

void append_json_escaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t plain = plain_run(text, i);
    out.append(text, i, plain);
    i += plain;
    if (i < text.size()) append_escape(out, static_cast<unsigned char>(text[i++]));
  }
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_json_escaped(out, text);
  out += '"';
}

void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  // Most are whole or short; what to_chars finds for those is the same, at ten times the price.
  const auto whole = static_cast<std::int64_t>(std::abs(value) < 1e15 ? value : 0.5);
  if (static_cast<double>(whole) == value && !std::signbit(value)) {
    append_json_number(out, whole);
    return;
  }
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

}  // namespace retort::io
