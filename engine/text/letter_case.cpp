#include "engine/text/letter_case.hpp"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <cstdint>

namespace retort::engine {
namespace {

// glibc has this one built in: the same letters on every machine, whatever its locale.
locale_t unicode() {
  static const locale_t made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return made;
}

struct code_point {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: no UTF-8 here
};

code_point first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (bytes == 0 || lead > 0xf4 || text.size() < bytes) return {};
  std::uint32_t value = lead & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0u) != 0x80) return {};
    value = value << 6 | (next & 0x3fu);
  }
  return {value, bytes};
}

void append(std::string& out, std::uint32_t value) {
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xc0 | value >> 6);
    out += static_cast<char>(0x80 | (value & 0x3f));
  } else {
    if (value >= 0x10000) out += static_cast<char>(0xf0 | value >> 18);
    out += static_cast<char>(value >= 0x10000 ? 0x80 | (value >> 12 & 0x3f) : 0xe0 | value >> 12);
    out += static_cast<char>(0x80 | (value >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (value & 0x3f));
  }
}

std::string_view ascii_at_front_of(std::string_view text) {
  const auto is_more = [](char c) { return (c & 0x80) != 0; };
  return {text.begin(), std::ranges::find_if(text, is_more)};
}

void append_small(std::string& out, std::string_view ascii) {
  const std::size_t before = out.size();
  out += ascii;
  for (std::size_t i = before; i < out.size(); ++i) {
    const char c = out[i];
    out[i] = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
}

// By way of the capital, since two small letters may share it (final and other sigma). The dotless
// i shares that of i, and is another letter.
std::uint32_t without_case(std::uint32_t value) {
  constexpr std::uint32_t dotless_i = 0x131;
  if (value == dotless_i || unicode() == nullptr) return value;
  return ::towlower_l(::towupper_l(value, unicode()), unicode());
}

}  // namespace

std::string without_case(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view plain = ascii_at_front_of(text);
    append_small(out, plain);
    text.remove_prefix(plain.size());
    if (text.empty()) break;
    const code_point next = first_of(text);
    if (next.bytes) {
      append(out, without_case(next.value));
    } else {
      out += text.front();
    }
    text.remove_prefix(next.bytes ? next.bytes : 1);
  }
  return out;
}

}  // namespace retort::engine
