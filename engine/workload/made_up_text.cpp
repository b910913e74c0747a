#include "engine/workload/made_up_text.hpp"

#include <iterator>

namespace retort::engine {
namespace {

// Common enough that a tokenizer has one token for most of them.
constexpr std::string_view words[] = {
    "time",   "year",  "people", "way",  "day",   "man",  "thing", "woman",  "life",  "child",
    "world",  "work",  "hand",   "part", "place", "case", "week",  "group",  "point", "fact",
    "room",   "water", "home",   "book", "word",  "side", "house", "family", "story", "night",
    "number", "month", "state",  "area", "line",  "city", "name",  "team",   "hour",  "game"};

std::string_view drawn_word(random_stream& chance) { return words[chance.below(std::size(words))]; }

}  // namespace

std::string made_up_text(std::uint64_t count, random_stream& chance) {
  std::string out;
  out.reserve(count * 6);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0) out += ' ';
    out += drawn_word(chance);
  }
  return out;
}

std::string_view common_text::begin(std::uint64_t count) {
  while (ends_.size() < count) {
    text_ += drawn_word(chance_);
    text_ += ' ';
    ends_.push_back(text_.size());
  }
  return count == 0 ? std::string_view() : std::string_view(text_).substr(0, ends_[count - 1]);
}

}  // namespace retort::engine
