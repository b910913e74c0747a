#include "io/base/json_writer.hpp"

#include <array>
#include <cmath>
#include <cstring>

#include "io/base/block.hpp"

namespace retort::io {
namespace {

// 'u': \u00XX; else the letter after the backslash.
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

// Copies sixteen bytes, and tells how many of them come before the first that needs an escape.
std::size_t copy_block(const char* from, char* to) {
  const block bytes = load_block(from);
  std::memcpy(to, &bytes, sizeof bytes);
  return unmarked_bytes(marks_of_escapes(bytes));
}

// Copies four of them, and tells whether none of their bytes needs one: looked at once for all.
bool copy_four(const char* from, char* to) {
  block_marks marks{};
  for (std::size_t at = 0; at < 4 * sizeof(block); at += sizeof(block)) {
    const block bytes = load_block(from + at);
    std::memcpy(to + at, &bytes, sizeof bytes);
    marks |= marks_of_escapes(bytes);
  }
  return unmarked_bytes(marks) == sizeof(block);
}

// Copies a text up to the first byte that needs an escape, and tells how much that is. May write
// more than it tells, up to a block behind the text's length.
std::size_t copy_plain(std::string_view text, char* to) {
  std::size_t at = 0;
  while (at + 4 * sizeof(block) <= text.size() && copy_four(text.data() + at, to + at)) {
    at += 4 * sizeof(block);
  }
  for (; at + sizeof(block) <= text.size(); at += sizeof(block)) {
    const std::size_t plain = copy_block(text.data() + at, to + at);
    if (plain != sizeof(block)) return at + plain;
  }
  if (at == text.size()) return at;
  // What is left, together with what is known to be plain before it.
  if (const std::size_t last = text.size() - sizeof(block); at > 0) {
    return last + copy_block(text.data() + last, to + last);
  }
  char rest[sizeof(block)];
  std::memset(rest, ' ', sizeof rest);
  std::copy(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), rest);
  return std::min(at + copy_block(rest, to + at), text.size());
}

// Few decimals, as in 0.7: when value is the double nearest to whole / 10^4, then whole / 10^4
// without its trailing zeros is the shortest text for it, since no two numbers of so few digits
// share a double. to_chars finds the same at ten times the price. Returns the end of what it
// writes; null when the value is none of these.
char* write_short_decimal(char* to, double value) {
  constexpr double scale = 10'000;
  if (!(value > 0 && value < 1e6)) return nullptr;
  auto whole = static_cast<std::uint64_t>(value * scale + 0.5);
  if (whole == 0 || static_cast<double>(whole) / scale != value) return nullptr;
  to = std::to_chars(to, to + 8, whole / 10'000).ptr;
  *to++ = '.';
  whole %= 10'000;
  for (std::uint64_t place = 1'000; whole != 0; whole %= place, place /= 10) {
    *to++ = static_cast<char>('0' + whole / place);
  }
  return to;
}

// A large one with an exponent, even where its digits are shorter: readers take 20 digits for a
// whole number, and one that 64 bits do not hold for an error.
char* write_double(char* to, char* end, double value) {
  if (std::abs(value) < 1e15) return std::to_chars(to, end, value).ptr;
  return std::to_chars(to, end, value, std::chars_format::scientific).ptr;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) { json_writer(out).value(text); }

void json_writer::value(double number) {
  if (!std::isfinite(number)) return raw("null");
  // Most are whole or short.
  const auto whole = static_cast<std::int64_t>(std::abs(number) < 1e15 ? number : 0.5);
  if (static_cast<double>(whole) == number && !std::signbit(number)) return value(whole);
  separate();
  char* const to = room(max_number);
  char* const end = write_short_decimal(to, number);
  at_ = end ? end : write_double(to, to + max_number, number);
  end_value();
}

void json_writer::flush() {
  out_.append(held_, static_cast<std::size_t>(at_ - held_));
  at_ = held_;
}

void json_writer::put_raw(std::string_view text) {
  if (text.size() > sizeof held_) {
    flush();
    out_ += text;
  } else {
    at_ = std::copy_n(text.data(), text.size(), room(text.size()));
  }
}

// Most are short and plain: they are written in one go.
void json_writer::put_string(std::string_view text) {
  const std::string_view part = text.substr(0, sizeof held_ / 2);
  char* const to = room(part.size() + sizeof(block) + 2);
  *to = '"';
  at_ = to + 1 + copy_plain(part, to + 1);
  text.remove_prefix(static_cast<std::size_t>(at_ - to - 1));
  if (!text.empty()) put_escaped(text);
  put('"');
}

void json_writer::put_escaped(std::string_view text) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, sizeof held_ / 2);
    const std::size_t plain = copy_plain(part, room(part.size() + sizeof(block)));
    at_ += plain;
    text.remove_prefix(plain);
    if (plain == part.size()) continue;
    put_escape(static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
  }
}

void json_writer::put_escape(unsigned char c) {
  put('\\');
  put(escapes[c]);
  if (escapes[c] != 'u') return;
  constexpr char hex[] = "0123456789abcdef";
  put('0');
  put('0');
  put(hex[c >> 4]);
  put(hex[c & 15]);
}

}  // namespace retort::io
