// A text that comes in blocks, their pieces each under its block's index and mostly, but not
// surely, one block after the other. What comes in order is appended as it comes; what is late
// waits until the text is joined. Linear in what comes. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace retort::providers {

class block_text {
 public:
  // The block of that index begins where `text` ends, unless it has begun.
  void begin(std::int64_t index, const std::string& text);
  // Adds a piece to its block: to `text` when that is the last block, else to what join() will put
  // in its place. Whether there was any.
  bool add(std::int64_t index, std::string_view piece, std::string& text);
  // Puts what was late where it belongs.
  void join(std::string& text);

 private:
  struct late_piece {
    std::size_t place;  // where its block ends
    std::string piece;
  };
  std::map<std::int64_t, std::size_t> ends_;  // of the blocks but the last, by index
  std::int64_t last_ = 0;
  bool begun_ = false;
  std::vector<late_piece> late_;
};

}  // namespace retort::providers
