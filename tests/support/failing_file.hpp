// A real file whose n-th writing system call goes wrong, by order of a test. Syncs that do not go
// wrong are not carried out: they would only take time. The script outlives the file and may be
// read and changed while no call is under way.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/file/file.hpp"

namespace retort::test {

struct disk_script {
  static constexpr int never = -1;
  static constexpr int short_write = -1;  // takes the place of an errno value

  int fails_at = never;   // the index of the first call that goes wrong
  int with = EIO;         // errno, or short_write: half of the bytes, and success
  bool for_good = false;  // all the calls after it go wrong too
  std::string only = {};  // count only the calls of this name; empty: all

  std::vector<std::string> calls = {};  // names, in order
  int counted = 0;

  bool fails(const char* name) {
    calls.emplace_back(name);
    if (!only.empty() && only != name) return false;
    const int index = counted++;
    if (fails_at == never) return false;
    return for_good ? index >= fails_at : index == fails_at;
  }
};

class failing_file : public io::file {
 public:
  static std::unique_ptr<file> open(const std::string& path, disk_script& script) {
    return std::make_unique<failing_file>(path, ::open(path.c_str(), O_RDWR | O_CREAT, 0666),
                                          script);
  }
  failing_file(std::string path, int descriptor, disk_script& script)
      : file(std::move(path), descriptor), script_(script) {}

 protected:
  // As on a disk that fills up: the write that goes wrong takes half of its bytes, and the next
  // call fails.
  ssize_t pwrite(const char* from, std::size_t bytes, std::uint64_t at) override {
    if (std::exchange(full_, false)) return fail();
    if (!script_.fails("pwrite")) return file::pwrite(from, bytes, at);
    if (script_.with == EINTR) return fail();
    if (script_.with != disk_script::short_write) {
      if (std::exchange(half_taken_, true)) return fail();
      full_ = true;
    }
    return file::pwrite(from, (bytes + 1) / 2, at);
  }
  int fallocate(std::uint64_t from, std::uint64_t bytes) override {
    return script_.fails("fallocate") ? fail() : file::fallocate(from, bytes);
  }
  int ftruncate(std::uint64_t size) override {
    return script_.fails("ftruncate") ? fail() : file::ftruncate(size);
  }
  int fdatasync() override { return script_.fails("fdatasync") ? fail() : 0; }
  int fsync() override { return script_.fails("fsync") ? fail() : 0; }
  int flock() override { return script_.fails("flock") ? fail() : file::flock(); }

 private:
  // A short write means nothing to a call that writes no bytes.
  int fail() const {
    if (script_.with == disk_script::short_write) return 0;
    errno = script_.with;
    return -1;
  }

  disk_script& script_;
  bool full_ = false;
  bool half_taken_ = false;
};

}  // namespace retort::test
