// Text that somebody else wrote, fenced off for a model that is to judge it: between two marks that
// it cannot hold, with a word about what stands there. A judge may still be taken in by what it
// reads; it is not told what is to be judged as if we had said it. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::engine {

struct fenced_text {
  std::string text;  // with the marks
  std::string mark;
};

// The same text has the same marks, so that a provider's cache can hold.
fenced_text fence(std::string_view text);

// What a judge is told of one answer, or of two that it is to compare.
std::string word_on(const fenced_text& answer);
std::string word_on(const fenced_text& first, const fenced_text& second);

}  // namespace retort::engine
