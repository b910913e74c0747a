// A stream of bytes, read once from front to back: a file, standard input, or another stream
// seen through a decoder (gzip_source.hpp, zstd_source.hpp, byte_order_mark.hpp), which owns it.
// One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"

namespace retort::io {

// How much is asked of the system at once: enough to make the call's own cost vanish, small
// enough to stay in a core's cache.
inline constexpr std::size_t read_block_bytes = std::size_t{256} << 10;

class byte_source {
 public:
  explicit byte_source(std::string name) : name_(std::move(name)) {}
  virtual ~byte_source() = default;
  byte_source(const byte_source&) = delete;
  byte_source& operator=(const byte_source&) = delete;

  // Waits for at least one byte and returns how many were written to `out` (not empty); 0 only at
  // the end. errc::unreadable, naming the source, when reading fails or the bytes are damaged
  // (errc::disk when it failed and may not the next time);
  // errc::cancelled once the wait was interrupted.
  virtual result<std::size_t> read(std::span<char> out) = 0;

  // How messages call it: the path, or "standard input".
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

// The file's bytes as they are. `stop`, which outlives the source, ends a wait for them.
result<std::unique_ptr<byte_source>> open_file(const std::string& path, const interrupt& stop);
result<std::unique_ptr<byte_source>> open_standard_input(const interrupt& stop);

}  // namespace retort::io
