#include "providers/stream/halved_character.hpp"

#include "providers/body/mended_json.hpp"

namespace retort::providers {
namespace {

constexpr std::string_view half = "\xef\xbf\xbd";  // U+FFFD, as which it came

// In UTF-8: always four bytes.
std::string character(unsigned first, unsigned second) {
  const unsigned code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
  const auto byte = [](unsigned lead, unsigned bits) { return static_cast<char>(lead | bits); };
  return {byte(0xf0, code >> 18), byte(0x80, code >> 12 & 0x3f), byte(0x80, code >> 6 & 0x3f),
          byte(0x80, code & 0x3f)};
}

}  // namespace

bool halved_character::join(std::string_view event, std::size_t before, std::string& text) {
  const string_halves halves = halves_in(event);
  const bool goes_on = text_ == &text && end_ == before && halves.second != 0 &&
                       std::string_view(text).substr(before).starts_with(half);
  if (goes_on)
    text.replace(before - half.size(), 2 * half.size(), character(first_, halves.second));
  const bool ends_in_half = halves.first != 0 && text.ends_with(half);
  text_ = ends_in_half ? &text : nullptr;
  end_ = text.size();
  first_ = halves.first;
  return goes_on;
}

}  // namespace retort::providers
