// A file that only grows, written through a buffer: what the views are made with.
// One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/error.hpp"
#include "io/file.hpp"

namespace retort::io {

class sink {
 public:
  // Keeps the first `keep_bytes` of the file and writes after them; 0 creates it or starts it over.
  // errc::disk when it cannot be opened; errc::mismatch when it has fewer bytes.
  static result<sink> open(const std::string& path, std::uint64_t keep_bytes);
  // Writes from the file's beginning, over what it holds, which stays until finish() cuts it.
  static result<sink> open(const std::string& path);
  // The same as the first on a file that is open already.
  static result<sink> open(std::unique_ptr<file> file, std::uint64_t keep_bytes);

  // All errors are errc::disk, and final: the file then holds a beginning of what was appended.
  result<void> append(std::string_view text);
  result<void> flush();   // hands everything to the kernel; what is not flushed dies with the sink
  result<void> sync();    // flushes, and waits until it is on the disk
  result<void> finish();  // cuts what the file held behind the last append, and syncs

  // The file's length once everything is flushed.
  std::uint64_t size() const { return written_ + buffer_.size(); }

 private:
  sink(std::unique_ptr<file> file, std::uint64_t written);
  result<void> write(std::string_view bytes);

  std::unique_ptr<file> file_;
  std::uint64_t written_;
  std::string buffer_;
  std::optional<error> failure_;
};

}  // namespace retort::io
