// A file read and written at known places: descriptor ownership, interrupted and short calls, and
// errors that name the path. Under it the few system calls that write are virtual, so that a test
// can make the n-th of them fail. One thread at a time.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "io/file/file_identity.hpp"

namespace retort::io {

class file {
 public:
  // `flags` as for open(2). errc::disk when that may pass; else errc::unreadable when opened for
  // reading only, or errc::unwritable.
  static result<std::unique_ptr<file>> open(const std::string& path, int flags);

  // A new one without a name, on the file system of that directory: whatever ends the process,
  // nothing of it stays. errc::disk, errc::unwritable.
  static result<std::unique_ptr<file>> open_nameless(const std::string& directory);
  // The same file once more, for another owner; a lock is that of both. errc::disk.
  result<std::unique_ptr<file>> again() const;

  file(std::string path, int descriptor);  // owns the descriptor
  virtual ~file();
  file(const file&) = delete;
  file& operator=(const file&) = delete;

  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }  // stays the file's

  // As its server has it, where it is one's. errc::unreadable, errc::disk.
  result<std::uint64_t> size() const;
  result<std::int64_t> changed_ms() const;  // the same; Unix epoch
  // Fewer bytes than asked for only at the end of the file. errc::unreadable, errc::disk.
  result<std::size_t> read(char* to, std::size_t bytes, std::uint64_t at) const;

  // Takes the lock that one process at a time can have, until the file is closed; none where the
  // file system has no locks. errc::busy.
  result<void> lock();
  bool is_locked() const { return is_locked_; }  // by this
  // Which file it is, whatever became of its name.
  std::optional<file_identity> identity() const { return identity_of(descriptor_); }

  struct written {
    std::size_t bytes = 0;         // fewer than asked for only with a problem
    std::optional<error> problem;  // errc::disk
  };
  written write(std::string_view bytes, std::uint64_t at);

  // Allocates disk space without changing the file's size. Where the file system cannot do that,
  // nothing happens and that is no error. errc::disk when there is no room.
  result<void> reserve(std::uint64_t from, std::uint64_t to);
  // Also gives back the space reserved beyond `size`. errc::disk.
  result<void> truncate(std::uint64_t size);
  result<void> sync_data();  // fdatasync(2). errc::disk
  result<void> sync();       // fsync(2); nothing for a file that is no file (/dev/null). errc::disk

 protected:
  // The system calls of these names: -1 and errno when they fail.
  virtual ssize_t pwrite(const char* from, std::size_t bytes, std::uint64_t at);
  virtual int fallocate(std::uint64_t from, std::uint64_t bytes);
  virtual int ftruncate(std::uint64_t size);
  virtual int fdatasync();
  virtual int fsync();
  virtual int flock();

 private:
  std::string path_;
  int descriptor_;
  bool is_locked_ = false;
};

// All that a file holds. errc::unreadable, errc::disk.
result<std::string> read_file(const std::string& path);

// Gives a file this content, whole or not at all: written beside (to "<path>.new", which is made
// anew), synced, and renamed over. errc::disk, errc::unwritable.
result<void> replace_file(const std::string& path, std::string_view content);

// The same of a few words that must be told even where the disk has no room for them beside the old
// ones: they are written over those then. The machine's end meanwhile may leave some of both.
result<void> replace_file_at_any_rate(const std::string& path, std::string_view content);

// Makes a file's name durable after it was created. errc::disk.
result<void> sync_directory_of(const std::string& path);

}  // namespace retort::io
