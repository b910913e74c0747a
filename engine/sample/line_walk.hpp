// The pieces of a ledger line one after the other, as line_writer wrote them. Whoever asks for them
// knows what comes next; what is in another form is for a reader of JSON. Pure; any thread.
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/hex.hpp"

namespace retort::engine {

class line_walk {
 public:
  explicit line_walk(std::string_view line) : rest_(line) {}

  bool is_at_end() const { return rest_.empty(); }

  // Of literals, whose length the compiler knows.
  template <std::size_t N>
  bool skip(const char (&text)[N]) {
    const bool there = rest_.size() >= N - 1 && begins(rest_.data(), text);
    if (there) rest_.remove_prefix(N - 1);
    return there;
  }
  // The word behind `begin`, which ends in its quote, where that comes next. Words have no escapes.
  template <std::size_t N>
  std::optional<std::string_view> word(const char (&begin)[N]) {
    if (!skip(begin)) return std::nullopt;
    const std::string_view found = rest_.substr(0, rest_.find('"'));
    rest_.remove_prefix(std::min(rest_.size(), found.size() + 1));
    return found;
  }
  // False where `begin` does not come next.
  template <std::size_t N>
  bool hash(const char (&begin)[N], std::uint64_t& into) {
    if (!skip(begin)) return false;
    if (!sum(into)) into = io::from_hex(*word(""));
    return true;
  }
  template <std::integral T>
  bool number(T& into) {
    const auto [end, failed] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), into);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return failed == std::errc();
  }

  // What follows is as strict as JSON is, and takes nothing but what line_writer writes; after a
  // false the walk is nowhere. The line is simdjson-padded.

  // Digits alone.
  template <std::integral T>
  bool count(T& into) {
    const char first = rest_.empty() ? '\0' : rest_[0];
    const bool is_long = rest_.size() > 1 && is_digit(rest_[1]);
    return is_digit(first) && !(first == '0' && is_long) && number(into);
  }
  bool decimal(double& into);
  // Sixteen digits and the closing quote.
  bool sum(std::uint64_t& into);
  // A text behind its opening quote, to its closing one.
  bool text(std::string& into);
  // A member that the line may lack: `begin` is its name, as far as the value's quote.
  template <std::size_t N>
  bool any_text(const char (&begin)[N], std::string& into) {
    return !skip(begin) || text(into);
  }
  template <std::size_t N, std::integral T>
  bool any_count(const char (&begin)[N], T& into) {
    return !skip(begin) || count(into);
  }

 private:
  // In pieces that the compiler makes no calls for.
  template <std::size_t N>
  static bool begins(const char* with, const char (&text)[N]) {
    constexpr std::size_t size = N - 1, piece = std::min<std::size_t>(std::bit_floor(size), 8);
    for (std::size_t at = 0; at + piece < size; at += piece) {
      if (std::memcmp(with + at, text + at, piece) != 0) return false;
    }
    return std::memcmp(with + size - piece, text + size - piece, piece) == 0;
  }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  bool escape(std::string& into);

  std::string_view rest_;
};

}  // namespace retort::engine
