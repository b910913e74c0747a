#include "io/process/program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "io/process/hidden_variable.hpp"

namespace retort::io {
namespace {

bool is_executable(const std::string& path) {
  struct stat seen {};
  return ::stat(path.c_str(), &seen) == 0 && S_ISREG(seen.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::string> find_program(std::string_view name, std::string_view path) {
  if (name.find('/') != std::string_view::npos) {
    const std::string itself(name);
    return is_executable(itself) ? std::optional(itself) : std::nullopt;
  }
  for (bool more = !name.empty(); more;) {
    const std::size_t end = path.find(':');
    const std::string_view directory = path.substr(0, end);
    const std::string there = std::string(directory.empty() ? "." : directory).append("/") += name;
    if (is_executable(there)) return there;
    more = end != std::string_view::npos;
    if (more) path.remove_prefix(end + 1);
  }
  return std::nullopt;
}

std::vector<std::string> environment_without(std::span<const std::string> names) {
  auto left = whole_environment();
  std::erase_if(left, [names](std::string_view entry) {
    return std::ranges::find(names, entry.substr(0, entry.find('='))) != names.end();
  });
  return left;
}

}  // namespace retort::io
