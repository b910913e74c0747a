// What nobody can look at, not even root: a link to itself.
#pragma once

#include <filesystem>
#include <string>

namespace retort::test {

// In the place of what is there, which goes to `path` with ".aside" behind it.
inline void make_unreadable(const std::string& path) {
  namespace fs = std::filesystem;
  if (fs::exists(path)) fs::rename(path, path + ".aside");
  fs::create_symlink(fs::path(path).filename(), path);
}

inline void make_readable(const std::string& path) {
  namespace fs = std::filesystem;
  fs::remove(path);
  if (fs::exists(path + ".aside")) fs::rename(path + ".aside", path);
}

}  // namespace retort::test
