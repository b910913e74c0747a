#include "engine/text/text.hpp"

#include <algorithm>

#include "io/base/block.hpp"
#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t excerpt_bytes = 80;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// In whole blocks, few enough that a byte counts them. A comparison that holds is -1.
std::size_t continuations_in(std::string_view blocks) {
  io::block_marks counts{};
  for (; !blocks.empty(); blocks.remove_prefix(sizeof counts)) {
    counts -= (io::load_block(blocks.data()) & 0xC0) == 0x80;
  }
  std::size_t sum = 0;
  for (std::size_t i = 0; i < sizeof counts; ++i) sum += static_cast<std::size_t>(counts[i]);
  return sum;
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::size_t count_code_points(std::string_view text) {
  constexpr std::size_t block = sizeof(io::block), most = 127 * block;
  std::size_t count = text.size();
  while (text.size() >= block) {
    const std::size_t size = std::min(text.size() - text.size() % block, most);
    count -= continuations_in(text.substr(0, size));
    text.remove_prefix(size);
  }
  return count - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues));
}

std::string excerpt(std::string_view text) {
  text = trim(text);
  std::size_t size = std::min(text.size(), excerpt_bytes);
  while (size > 0 && size < text.size() && continues(text[size])) --size;
  std::string out = io::plain_line(text.substr(0, size));
  if (size < text.size()) out += "…";
  return out;
}

}  // namespace retort::engine
