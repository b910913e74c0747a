// JSON as servers and what stands before them are known to break it, made right where its meaning
// is plain. For what a parser has refused: an answer that was paid for is worth a second look.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::providers {

// The text with these made right, and all else as it is, whether that is JSON or not:
//   a byte order mark before it      left out
//   NaN, Infinity, -Infinity         null: Python's json.dumps writes them (logprobs of vLLM)
//   a control character in a string  escaped
//   bytes that are no UTF-8          U+FFFD in place of each
//   half of an escaped surrogate     U+FFFD: some servers cut a character in two
// Linear in the text.
std::string mended_json(std::string_view text);

// Of surrogate pairs that were cut in two: a first half that ends a string, and a second one that
// begins a string; 0 where none does. The last of each kind.
struct string_halves {
  unsigned first = 0, second = 0;
};
string_halves halves_in(std::string_view json);

}  // namespace retort::providers
