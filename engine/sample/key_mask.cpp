#include "engine/sample/key_mask.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

namespace retort::engine {
namespace {

constexpr std::string_view mask = "***";

// So much of a key gives it away: in a message, and in what is kept. Its first letters are the same
// for everybody ("sk-").
constexpr std::size_t telling_shown = 8;
constexpr std::size_t telling_kept = 16;

// A run twice as long as a group holds a whole group at each multiple of its width, wherever the
// run begins: only those places need a look.
constexpr std::size_t kept_width = telling_kept / 2;
constexpr std::size_t shown_width = telling_shown / 2;

std::uint64_t group_at(std::string_view text, std::size_t at, std::size_t width) {
  std::uint64_t group = 0;
  std::memcpy(&group, text.data() + at, width);
  return group;
}

std::uint64_t hash(std::uint64_t group) { return (group * 0x9E3779B97F4A7C15ull) >> 50; }

std::string base64(std::string_view bytes) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += alphabet[held >> (bits - 6) & 63];
  }
  return out;  // bits that others share are left out
}

// The digits that the bytes alone make when `before` others stand before them.
std::string base64_behind(std::size_t before, std::string_view bytes) {
  const std::string all = base64(std::string(before, '\0').append(bytes));
  return all.substr(std::min(all.size(), (before * 8 + 5) / 6));
}

// How many digits at least stand for nothing but so many bytes.
std::size_t base64_digits(std::size_t bytes) { return (bytes * 8 - 10) / 6; }

std::string url_safe(std::string digits) {
  std::ranges::replace(digits, '+', '-');
  std::ranges::replace(digits, '/', '_');
  return digits;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::optional<char> hex_byte(std::string_view digits) {
  const int high = hex_digit(digits[0]), low = hex_digit(digits[1]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

// A character behind an escape: %73, \u0073, \/ ; its size is that of the escape.
struct unescaped {
  char c;
  std::size_t size;
};

std::optional<unescaped> unescape(std::string_view from) {
  if (from.size() < 2) return std::nullopt;
  if (from[0] == '%' && from.size() >= 3) {
    const auto byte = hex_byte(from.substr(1, 2));
    return byte ? std::optional(unescaped{*byte, 3}) : std::nullopt;
  }
  if (from[0] != '\\') return std::nullopt;
  if (from[1] == '/' || from[1] == '"' || from[1] == '\\') return unescaped{from[1], 2};
  if (from[1] != 'u' || from.size() < 6 || from.substr(2, 2) != "00") return std::nullopt;
  const auto byte = hex_byte(from.substr(4, 2));
  return byte ? std::optional(unescaped{*byte, 6}) : std::nullopt;
}

bool holds_escape(std::string_view text, char begin) {
  for (std::size_t at = 0; (at = text.find(begin, at)) != std::string_view::npos; ++at) {
    if (unescape(text.substr(at))) return true;
  }
  return false;
}

using ranges = key_mask::ranges;

void replace(std::string& text, const ranges& parts) {
  std::string out;
  std::size_t at = 0;
  for (const auto& [begin, end] : parts) {
    if (begin < at) continue;
    out.append(text, at, begin - at).append(mask);
    at = end;
  }
  text = out.append(text, at);
}

ranges joined(ranges parts) {
  std::ranges::sort(parts);
  ranges out;
  for (const auto& part : parts) {
    if (!out.empty() && part.first <= out.back().second)
      out.back().second = std::max(out.back().second, part.second);
    else
      out.push_back(part);
  }
  return out;
}

}  // namespace

void key_mask::group_index::add(const form& one, std::uint32_t number) {
  for (std::size_t at = 0; at + width <= one.text.size(); ++at) {
    const std::uint64_t group = group_at(one.text, at, width);
    places.push_back({group, number, static_cast<std::uint32_t>(at)});
    filter[hash(group) / 64] |= std::uint64_t{1} << hash(group) % 64;
  }
}

bool key_mask::group_index::may_hold(std::uint64_t group) const {
  return filter[hash(group) / 64] >> hash(group) % 64 & 1;
}

key_mask::key_mask(const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    if (key.empty()) continue;
    if (key.size() < telling_shown) {
      short_keys_.push_back(key);
      continue;
    }
    forms_.push_back({key, telling_kept, telling_shown});
    for (const std::size_t before : {0u, 1u, 2u}) {
      const std::string digits = base64_behind(before, key);
      const std::size_t kept = base64_digits(telling_kept), shown = base64_digits(telling_shown);
      forms_.push_back({digits, kept, shown});
      if (url_safe(digits) != digits) forms_.push_back({url_safe(digits), kept, shown});
    }
  }
  kept_.width = kept_width;
  shown_.width = shown_width;
  for (std::uint32_t i = 0; i < forms_.size(); ++i) {
    if (forms_[i].text.size() >= forms_[i].most_kept) kept_.add(forms_[i], i);
    shown_.add(forms_[i], i);
  }
  std::ranges::sort(kept_.places, {}, &group_index::place::group);
  std::ranges::sort(shown_.places, {}, &group_index::place::group);
}

// The runs that are long enough, in order.
ranges key_mask::find(std::string_view text, const group_index& groups,
                      std::size_t form::*least) const {
  ranges found;
  const std::size_t width = groups.width;
  for (std::size_t at = 0; at + width <= text.size(); at += width) {
    const std::uint64_t group = group_at(text, at, width);
    if (!groups.may_hold(group)) continue;
    std::size_t past = 0;
    for (const auto& [_, number, place] :
         std::ranges::equal_range(groups.places, group, {}, &group_index::place::group)) {
      const std::string_view whole = forms_[number].text;
      const auto same = std::ranges::mismatch(text.substr(at), whole.substr(place));
      const auto back =
          std::mismatch(text.rend() - static_cast<std::ptrdiff_t>(at), text.rend(),
                        whole.rend() - static_cast<std::ptrdiff_t>(place), whole.rend());
      const auto end = static_cast<std::size_t>(same.in1 - text.begin());
      const auto begin = static_cast<std::size_t>(text.rend() - back.first);
      if (end - begin < forms_[number].*least) continue;
      found.emplace_back(begin, end);
      past = std::max(past, end);
    }
    while (at + width < past) at += width;  // what is masked need not be looked at again
  }
  return joined(std::move(found));
}

// The same for the text without its escapes, in places of the text as it is.
ranges key_mask::find_escaped(std::string_view text, const group_index& groups,
                              std::size_t form::*least) const {
  if (!holds_escape(text, '%') && !holds_escape(text, '\\')) return {};
  std::string plain;
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < text.size();) {
    const auto escaped = unescape(text.substr(at));
    plain += escaped ? escaped->c : text[at];
    places.push_back(at);
    at += escaped ? escaped->size : 1;
  }
  places.push_back(text.size());
  ranges found = find(plain, groups, least);
  for (auto& [begin, end] : found) {
    begin = places[begin];
    end = places[end];
  }
  return found;
}

ranges key_mask::kept_ranges(std::string_view text) const {
  if (kept_.places.empty()) return {};
  ranges found = find(text, kept_, &form::most_kept);
  const ranges escaped = find_escaped(text, kept_, &form::most_kept);
  if (escaped.empty()) return found;
  found.insert(found.end(), escaped.begin(), escaped.end());
  return joined(std::move(found));
}

bool key_mask::mask_kept(std::string& text) const {
  const ranges found = kept_ranges(text);
  if (found.empty()) return false;
  replace(text, found);
  return true;
}

std::string key_mask::without_keys(std::string text) const {
  ranges found;
  if (!shown_.places.empty()) {
    found = find(text, shown_, &form::most_shown);
    const ranges escaped = find_escaped(text, shown_, &form::most_shown);
    found.insert(found.end(), escaped.begin(), escaped.end());
  }
  for (const auto& key : short_keys_) {
    for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos; at += key.size())
      found.emplace_back(at, at + key.size());
  }
  for (auto& [begin, end] : found) end = std::min(text.find(' ', end), text.size());
  if (!found.empty()) replace(text, joined(std::move(found)));
  return text;
}

}  // namespace retort::engine
