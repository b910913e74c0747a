// Which file a name leads to, whatever the name: links and relative paths give the same identity.
// Any thread.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

namespace retort::io {

struct file_identity {
  dev_t device = 0;
  ino_t number = 0;

  bool operator==(const file_identity&) const = default;
};

inline file_identity identity_of(const struct stat& status) {
  return {status.st_dev, status.st_ino};
}

// Nothing where there is no such file, or none that can be looked at.
std::optional<file_identity> identity_of(const std::string& path);
std::optional<file_identity> identity_of(int descriptor);

}  // namespace retort::io
