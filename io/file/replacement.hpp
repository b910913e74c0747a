// A file in the making that takes a place when it is whole: a free name, or that of a file which
// holds it until then. Meanwhile it has no name; only as it takes another's place, and where the
// file system knows no files without one, it is called "<path>.retort-new.1". What a killed process
// leaves under such a name, the next one for that path removes. One thread.
#pragma once

#include <memory>
#include <string>

#include "io/base/error.hpp"
#include "io/file/file.hpp"

namespace retort::io {

class replacement {
 public:
  // Beside `path`, or beside what that leads to as a link. errc::disk, errc::unwritable.
  static result<replacement> begin(const std::string& path);
  replacement(replacement&&) = default;
  replacement& operator=(replacement&&) = delete;
  ~replacement();  // of one that has taken no place nothing stays

  // To be written and read, in the end synced.
  file& content() const { return *file_; }

  bool is_nameless() const { return name_.empty(); }

  // Takes the place of the file that is called so, and its permissions. errc::disk,
  // errc::unwritable; errc::busy when somebody else was at the same place.
  result<void> take_over();
  // Takes the name, which nothing must have: errc::busy when something does. As take_over().
  result<void> take_name();

 private:
  replacement(std::string path, std::string name, std::unique_ptr<file> made)
      : path_(std::move(path)), name_(std::move(name)), file_(std::move(made)) {}
  bool has_name() const;
  result<void> rename_to_path();
  result<void> rename_over_nothing();
  result<void> in_place();

  std::string path_;
  std::string name_;  // its own, until it takes a place; "" where it has none
  std::unique_ptr<file> file_;
};

}  // namespace retort::io
