#include "io/file/presence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "io/base/disk_error.hpp"

namespace retort::io {
namespace {

bool is_absent(int number) { return number == ENOENT || number == ENOTDIR; }

error not_seen(const std::string& path, int number) {
  return {disk_code(number, errc::unreadable),
          fmt::format("{}: cannot look at it: {}", path, std::generic_category().message(number))};
}

}  // namespace

result<std::optional<struct stat>> look_for(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) return std::optional(found);
  if (is_absent(errno)) return std::optional<struct stat>();
  return not_seen(path, errno);
}

result<bool> is_there(const std::string& path) {
  const auto found = look_for(path);
  if (!found) return found.error();
  return found->has_value();
}

result<std::optional<std::vector<std::string>>> paths_in(const std::string& directory) {
  std::error_code ec;
  std::filesystem::directory_iterator at(directory, ec);
  if (is_absent(ec.value())) return std::optional<std::vector<std::string>>();
  std::vector<std::string> out;
  for (; !ec && at != std::filesystem::directory_iterator(); at.increment(ec)) {
    out.push_back(at->path().string());
  }
  if (ec) return not_seen(directory, ec.value());
  std::ranges::sort(out);
  return std::optional(std::move(out));
}

}  // namespace retort::io
