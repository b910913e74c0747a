#include "io/dataset_files.hpp"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace retort::io {
namespace {

error unreadable(const std::string& path, int code) {
  return {errc::unreadable, path + ": " + std::generic_category().message(code)};
}

bool strip_suffix(std::string_view& name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  return true;
}

compression strip_compression(std::string_view& name) {
  if (strip_suffix(name, ".gz")) return compression::gzip;
  if (strip_suffix(name, ".zst")) return compression::zstd;
  return compression::none;
}

result<dataset_file> classify(const std::string& path) {
  std::string_view name = path;
  const compression packed = strip_compression(name);
  if (name.ends_with(".jsonl")) return dataset_file{path, row_format::jsonl, packed};
  if (name.ends_with(".csv")) return dataset_file{path, row_format::csv, packed};
  return error{errc::usage,
               path + ": not a known kind of dataset; expected .jsonl or .csv, each also .gz .zst"};
}

// Looks without opening: that would disturb a named pipe.
result<dataset_file> check_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return unreadable(path, errno);
  if (S_ISDIR(status.st_mode)) return unreadable(path, EISDIR);
  if (::access(path.c_str(), R_OK) != 0) return unreadable(path, errno);
  return classify(path);
}

// A file whose name merely looks like a pattern is that file.
bool is_glob(const std::string& path) {
  return path.find_first_of("*?[") != std::string::npos && ::access(path.c_str(), F_OK) != 0;
}

result<std::vector<std::string>> expand(const std::string& pattern) {
  glob_t found{};
  const int status = ::glob(pattern.c_str(), GLOB_ERR | GLOB_NOSORT, nullptr, &found);
  const int reason = errno;
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (status == GLOB_ABORTED) return unreadable(pattern, reason);
  if (paths.empty()) return error{errc::usage, pattern + ": no file matches"};
  std::sort(paths.begin(), paths.end());  // glob's own order would depend on the locale
  return paths;
}

using file_list = std::vector<dataset_file>;

result<void> add_standard_input(file_list& files) {
  const auto is_standard_input = [](const dataset_file& file) { return file.path.empty(); };
  if (std::any_of(files.begin(), files.end(), is_standard_input)) {
    return error{errc::usage, "-: standard input can be read only once"};
  }
  files.emplace_back();
  return {};
}

result<void> add_file(file_list& files, const std::string& path) {
  auto checked = check_file(path);
  if (!checked) return checked.error();
  files.push_back(std::move(*checked));
  return {};
}

result<void> add(file_list& files, const std::string& path) {
  if (path == "-") return add_standard_input(files);
  if (!is_glob(path)) return add_file(files, path);
  const auto matches = expand(path);
  if (!matches) return matches.error();
  for (const std::string& match : *matches) {
    if (auto added = add_file(files, match); !added) return added;
  }
  return {};
}

}  // namespace

result<std::vector<dataset_file>> list_dataset_files(const std::vector<std::string>& paths) {
  file_list files;
  for (const std::string& path : paths) {
    if (auto added = add(files, path); !added) return added.error();
  }
  return files;
}

}  // namespace retort::io
