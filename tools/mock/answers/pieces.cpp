#include "tools/mock/answers/pieces.hpp"

#include <algorithm>

#include "tools/mock/answers/tokens.hpp"

namespace retort::mock {
namespace {

bool is_within_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::vector<std::string_view> pieces_of(std::string_view text, std::uint64_t count) {
  const std::size_t wanted = std::min(count > 0 ? count : tokens_in(text.size()), text.size());
  std::vector<std::string_view> pieces;
  pieces.reserve(wanted);
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= wanted; ++i) {
    std::size_t end = text.size() * i / wanted;
    while (end < text.size() && is_within_character(text[end])) ++end;
    if (end > begin) pieces.push_back(text.substr(begin, end - begin));
    begin = std::max(begin, end);
  }
  return pieces;
}

}  // namespace retort::mock
