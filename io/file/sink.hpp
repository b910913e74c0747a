// A file that only grows, written through a buffer: what the views are made with.
// One thread at a time.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "io/file/file.hpp"

namespace retort::io {

class sink {
 public:
  // Keeps the first `keep_bytes` of the file and writes after them; 0 creates it or starts it over.
  // errc::disk when it cannot be opened; errc::mismatch when it has fewer bytes.
  static result<sink> open(const std::string& path, std::uint64_t keep_bytes);
  // The same on a file that is open already.
  static result<sink> open(std::unique_ptr<file> file, std::uint64_t keep_bytes);

  // Called before the file is cut behind its first `same` bytes, since what it holds there is not
  // what was appended; an error lets it be, and is the sink's.
  using difference = std::function<result<void>(std::uint64_t same)>;
  // Begins at the file's beginning and writes only what the file does not hold already: so far as
  // it is the same it is left as it is. `file` is open for reading, too.
  static result<sink> go_over(std::unique_ptr<file> file, difference differs = {});
  static result<sink> go_over(const std::string& path);
  // Only hands on what is appended: a pipe, a terminal.
  static sink pour_into(std::unique_ptr<file> file);

  // All errors are errc::disk, or a difference's, and final: the file then holds a beginning of
  // what was appended.
  result<void> append(std::string_view text);
  result<void> flush();   // hands everything to the kernel; what is not flushed dies with the sink
  result<void> sync();    // flushes, and waits until it is on the disk
  result<void> finish();  // cuts what the file held behind the last append, and syncs

  // The file's length once everything is flushed.
  std::uint64_t size() const { return written_ + buffer_.size(); }
  // XXH3 (64 bits, seed 0) of what was flushed; of all the file where nothing was kept.
  std::uint64_t hash() const { return XXH3_64bits_digest(hash_.get()); }

 private:
  sink(std::unique_ptr<file> file, std::uint64_t written);
  result<void> write(std::string_view bytes);
  result<void> put(std::string_view bytes);
  result<void> write_changes(std::string_view bytes);
  result<std::size_t> count_same(std::string_view bytes) const;
  result<void> cut();

  struct free_hash {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };

  std::unique_ptr<file> file_;
  std::uint64_t written_;
  std::uint64_t there_ = 0;  // the file's length as long as it may hold what is written
  difference differs_;
  bool pours_ = false;
  std::string buffer_;
  std::unique_ptr<XXH3_state_t, free_hash> hash_;
  std::optional<error> failure_;
};

}  // namespace retort::io
