// Rows that are handed out by how their prompts begin, not by where they stand: what begins alike
// comes one after the other and finds its beginning in a server's prefix cache. One thread at a
// time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "io/dataset/row.hpp"

namespace retort::engine {

// Bytes. The first is small, so that the first request does not wait for a large one, and those
// behind it grow, so that each is read while the one before is asked for.
struct window_sizes {
  std::size_t first = std::size_t{1} << 20;
  std::size_t most = std::size_t{128} << 20;

  std::size_t behind(std::size_t one) const { return std::min(16 * one, most); }
};

class row_window {
 public:
  explicit row_window(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // Keeps a copy of both texts.
  void add(const io::row& row, std::string_view beginning);
  bool is_empty() const { return rows_.empty(); }
  // With one row more it may hold more than the bound.
  bool is_full() const { return bytes_ >= most_bytes_; }
  std::size_t most_bytes() const { return most_bytes_; }

  // By the bytes of their beginnings, those without one first; of the same, by ordinal. Valid as
  // long as the window is.
  std::vector<const io::row*> in_order() const;

 private:
  // Of its beginning so many bytes are the first one's, and the rest is its own: a template's own
  // words stand in memory once.
  struct entry {
    io::row row;
    std::size_t same;
    std::string_view rest;
  };
  std::string_view keep(std::string_view text);
  bool comes_before(const entry& a, const entry& b) const;

  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::string first_;  // beginning that is not empty
  std::pmr::monotonic_buffer_resource texts_{std::size_t{1} << 20};
  std::deque<entry> rows_;
};

}  // namespace retort::engine
