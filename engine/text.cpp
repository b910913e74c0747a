#include "engine/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace retort::engine {
namespace {

constexpr std::size_t excerpt_bytes = 80;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Eight bytes at a time: bit 7 set and bit 6 clear in a byte that continues a code point. The
// multiplication adds the eight flags up into the top byte.
std::size_t continuations_in(const char* eight) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  std::uint64_t bytes;
  std::memcpy(&bytes, eight, sizeof bytes);
  return (((bytes >> 7) & ~(bytes >> 6) & ones) * ones) >> 56;
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::size_t count_code_points(std::string_view text) {
  std::size_t continuations = 0;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) continuations += continuations_in(text.data() + at);
  for (; at < text.size(); ++at) continuations += continues(text[at]);
  return text.size() - continuations;
}

std::string excerpt(std::string_view text) {
  text = trim(text);
  std::size_t size = std::min(text.size(), excerpt_bytes);
  while (size > 0 && size < text.size() && continues(text[size])) --size;
  std::string out(text.substr(0, size));
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  if (size < text.size()) out += "…";
  return out;
}

}  // namespace retort::engine
