// A file system of a stated size, to be filled. It is mounted where only the thread that asks, and
// the processes that it starts from then on, can see it. Linux lets root do that. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace retort::test {

class small_disk {
 public:
  // Null where it is not allowed. `path` is a directory.
  static std::unique_ptr<small_disk> mount(const std::string& path, std::size_t bytes);
  ~small_disk();

  void resize(std::size_t bytes) const;

 private:
  explicit small_disk(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace retort::test
