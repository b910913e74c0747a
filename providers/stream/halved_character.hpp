// A character that a server cut in two. Strings of JavaScript and Java are of UTF-16: a gateway
// that slices one may leave half of a surrogate pair at a piece's end, and the other half at the
// next one's beginning. Either alone is U+FFFD in the text (mended_json.hpp); both are the
// character. One thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace retort::providers {

class halved_character {
 public:
  // The event, as JSON, appended to `text`, which had `before` bytes until then. Puts the character
  // in the place of its halves, if the text ended in the first and goes on with the second: true.
  bool join(std::string_view event, std::size_t before, std::string& text);

 private:
  const std::string* text_ = nullptr;  // that ends in a first half
  std::size_t end_ = 0;                // its bytes
  unsigned first_ = 0;                 // that half, of UTF-16
};

}  // namespace retort::providers
