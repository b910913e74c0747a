// Text of common words, drawn by chance: as many as it should have. Pure; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/measure/random_stream.hpp"

namespace retort::engine {

// So many words.
std::string made_up_text(std::uint64_t words, random_stream& chance);

// One long text, the beginning of which many prompts have in common; it grows as it is asked for.
class common_text {
 public:
  explicit common_text(random_stream chance) : chance_(chance) {}

  // Its first words, with a space behind each.
  std::string_view begin(std::uint64_t words);

 private:
  random_stream chance_;
  std::string text_;
  std::vector<std::size_t> ends_;  // of its words
};

}  // namespace retort::engine
