#include "engine/text/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "io/base/block.hpp"
#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t excerpt_bytes = 80;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Beyond ASCII: what Unicode calls white space, and what has no width.
constexpr std::string_view blanks_beyond_ascii[] = {
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
    "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u200b", "\u200c", "\u200d", "\u200e",
    "\u200f", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff"};

std::size_t blank_at_front(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<unsigned char>(text.front()) < 0x80) return is_blank(text.front()) ? 1 : 0;
  const auto found =
      std::ranges::find_if(blanks_beyond_ascii, [&](auto b) { return text.starts_with(b); });
  return found == std::end(blanks_beyond_ascii) ? 0 : found->size();
}

std::size_t blank_at_back(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<unsigned char>(text.back()) < 0x80) return is_blank(text.back()) ? 1 : 0;
  const auto found =
      std::ranges::find_if(blanks_beyond_ascii, [&](auto b) { return text.ends_with(b); });
  return found == std::end(blanks_beyond_ascii) ? 0 : found->size();
}

// 0x80 to 0xBF: with a sign, the least that there are.
bool continues(char c) { return static_cast<signed char>(c) < -64; }

io::block_marks marks_of_continuations(const char* from) {
  return (io::block_marks)io::load_block(from) < -64;
}

// Of counts up to 127: first each with its neighbour, in 16 bits, then those of each half.
std::size_t sum_of(const io::block_marks& counts) {
  constexpr std::uint64_t low = 0x00FF00FF00FF00FF, all = 0x0001000100010001;
  std::uint64_t halves[2];
  std::memcpy(halves, &counts, sizeof halves);
  std::size_t sum = 0;
  for (const std::uint64_t half : halves) {
    sum += (((half & low) + ((half >> 8) & low)) * all) >> 48;
  }
  return sum;
}

// In whole blocks, few enough that a byte counts them. A comparison that holds is -1.
std::size_t continuations_in(std::string_view blocks) {
  constexpr std::size_t block = sizeof(io::block), two = 2 * block;
  io::block_marks counts{};
  const char* at = blocks.data();
  for (; at + two <= blocks.end(); at += two) {
    counts -= marks_of_continuations(at) + marks_of_continuations(at + block);
  }
  if (at < blocks.end()) counts -= marks_of_continuations(at);
  return sum_of(counts);
}

// In the last `size` bytes, less than a block, of a text of a block at least.
std::size_t continuations_before(const char* end, std::size_t size) {
  static constexpr unsigned char none_then_all[2 * sizeof(io::block)] = {
      0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
      0,    0,    0,    0,    0,    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  io::block counted;
  std::memcpy(&counted, none_then_all + size, sizeof counted);
  return sum_of(-(marks_of_continuations(end - sizeof counted) & (io::block_marks)counted));
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (const std::size_t size = blank_at_front(text)) text.remove_prefix(size);
  while (const std::size_t size = blank_at_back(text)) text.remove_suffix(size);
  return text.empty() ? std::string_view() : text;
}

std::size_t count_code_points(std::string_view text) {
  constexpr std::size_t block = sizeof(io::block), most = 127 * block;
  const std::size_t count_of_all = text.size();
  std::size_t count = count_of_all;
  while (text.size() >= block) {
    const std::size_t size = std::min(text.size() - text.size() % block, most);
    count -= continuations_in(text.substr(0, size));
    text.remove_prefix(size);
  }
  if (count_of_all >= block) return count - continuations_before(text.end(), text.size());
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
