// A directory of a test's own, gone with everything in it when the test ends. Any thread.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <system_error>

namespace retort::test {

class temporary_directory {
 public:
  temporary_directory() {
    path_ = (std::filesystem::temp_directory_path() / "retort-test-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), path_);
    }
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  // Without a trailing slash.
  const std::string& path() const { return path_; }

  // Writes a file, with the directories above it, and returns its path. `name` is relative.
  std::string file(std::string_view name, std::string_view content) const {
    const std::filesystem::path where = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(where.parent_path());
    std::ofstream out;
    out.exceptions(std::ios::badbit | std::ios::failbit);
    out.open(where, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    return where.string();
  }

 private:
  std::string path_;
};

}  // namespace retort::test
