// What stands at a path. One that cannot be looked at is not one that is absent: who goes on as if
// it were asks again what was paid for, or writes over what is there. Any thread.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "io/base/error.hpp"

namespace retort::io {

// Follows links. Nothing where nothing is, also at a link's end. errc::unreadable, errc::disk.
result<std::optional<struct stat>> look_for(const std::string& path);
result<bool> is_there(const std::string& path);

// The paths of what is in a directory, sorted; nothing where no directory is. errc::unreadable,
// errc::disk.
result<std::optional<std::vector<std::string>>> paths_in(const std::string& directory);

}  // namespace retort::io
