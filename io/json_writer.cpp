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

using sixteen_bytes [[gnu::vector_size(16)]] = unsigned char;

bool has_escape(const char* sixteen) {
  sixteen_bytes bytes;
  std::memcpy(&bytes, sixteen, sizeof bytes);
  const auto marked = (bytes < 0x20) | (bytes == '"') | (bytes == '\\');
  std::uint64_t halves[2];
  std::memcpy(halves, &marked, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

// How many bytes from `from` on need no escape.
std::size_t plain_run(std::string_view text, std::size_t from) {
  std::size_t i = from;
  while (i + 16 <= text.size() && !has_escape(text.data() + i)) i += 16;
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

namespace {

// Few decimals, as in 0.7: when value is the double nearest to whole / 10^4, then whole / 10^4
// without its trailing zeros is the shortest text for it, since no two numbers of so few digits
// share a double. to_chars finds the same at ten times the price.
bool append_short_decimal(std::string& out, double value) {
  constexpr double scale = 10'000;
  if (!(value > 0 && value < 1e6)) return false;
  auto whole = static_cast<std::uint64_t>(value * scale + 0.5);
  if (whole == 0 || static_cast<double>(whole) / scale != value) return false;
  char text[16];
  char* end = std::to_chars(text, text + sizeof text, whole / 10'000).ptr;
  *end++ = '.';
  whole %= 10'000;
  for (std::uint64_t place = 1'000; whole != 0; whole %= place, place /= 10) {
    *end++ = static_cast<char>('0' + whole / place);
  }
  out.append(text, end);
  return true;
}

}  // namespace

void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  // Most are whole or short.
  const auto whole = static_cast<std::int64_t>(std::abs(value) < 1e15 ? value : 0.5);
  if (static_cast<double>(whole) == value && !std::signbit(value)) {
    append_json_number(out, whole);
    return;
  }
  if (append_short_decimal(out, value)) return;
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

}  // namespace retort::io
