// Bytes of a test as a stream that hands them out in pieces, to put a read's end anywhere.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "io/dataset/byte_source.hpp"

namespace retort::test {

class memory_source final : public io::byte_source {
 public:
  // Hands out at most `piece` bytes at a time, then the end, or `failure` instead of it.
  memory_source(std::string_view bytes, std::size_t piece, std::optional<error> failure = {})
      : byte_source("memory"), bytes_(bytes), piece_(piece), failure_(std::move(failure)) {}

  result<std::size_t> read(std::span<char> out) override {
    const std::size_t count = bytes_.copy(out.data(), std::min(piece_, out.size()), taken_);
    taken_ += count;
    if (count == 0 && failure_) return *failure_;
    return count;
  }

 private:
  std::string bytes_;
  std::size_t piece_;
  std::optional<error> failure_;
  std::size_t taken_ = 0;
};

inline std::unique_ptr<io::byte_source> from_memory(std::string_view bytes,
                                                    std::size_t piece = std::string::npos) {
  return std::make_unique<memory_source>(bytes, piece);
}

}  // namespace retort::test
