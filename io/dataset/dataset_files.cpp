#include "io/dataset/dataset_files.hpp"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "io/base/disk_error.hpp"
#include "io/file/file_ending.hpp"

namespace retort::io {
namespace {

error unreadable(const std::string& path, int code) {
  return {disk_code(code, errc::unreadable), path + ": " + std::generic_category().message(code)};
}

bool strip_suffix(std::string_view& name, std::string_view suffix) {
  if (!has_ending(name, suffix)) return false;
  name.remove_suffix(suffix.size());
  return true;
}

compression strip_compression(std::string_view& name) {
  if (strip_suffix(name, ".gz")) return compression::gzip;
  if (strip_suffix(name, ".zst")) return compression::zstd;
  return compression::none;
}

std::optional<row_format> format_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, row_format>, 6> endings = {{
      {".jsonl", row_format::jsonl},
      {".ndjson", row_format::jsonl},
      {".json", row_format::json},
      {".csv", row_format::csv},
      {".tsv", row_format::tsv},
      {".parquet", row_format::parquet},
  }};
  for (const auto& [ending, format] : endings) {
    if (strip_suffix(name, ending)) return format;
  }
  return std::nullopt;
}

result<dataset_file> classify(const std::string& path, bool is_regular,
                              const dataset_choice& choice) {
  std::string_view name = path;
  dataset_file file{.path = path, .compression = strip_compression(name), .read_once = !is_regular};
  auto format = choice.format ? choice.format : format_of(name);
  if (!format && !is_regular) format = row_format::jsonl;
  if (!format) {
    return error{errc::usage, path +
                                  ": not a known kind of dataset; expected .jsonl, .ndjson, .json, "
                                  ".csv or .tsv, each also .gz .zst, .parquet, or "
                                  "dataset.format"};
  }
  if (format == row_format::parquet && (!is_regular || file.compression != compression::none)) {
    return error{errc::usage, path + ": Parquet is read from a regular file that is not packed"};
  }
  file.format = *format;
  return file;
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

class file_list {
 public:
  explicit file_list(const dataset_choice& choice) : choice_(choice) {}

  result<void> add(const std::string& path) {
    if (path == "-") return add_standard_input();
    if (!is_glob(path)) return add_file(path);
    const auto matches = expand(path);
    if (!matches) return matches.error();
    const std::size_t before = files.size();
    for (const std::string& match : *matches) {
      if (is_own(match) || is_among(match, choice_.earlier_outputs)) continue;
      if (auto added = add_file(match); !added) return added;
    }
    if (files.size() > before) return {};
    return error{errc::usage, path + ": no file matches but the run's own output"};
  }

  std::vector<dataset_file> files;

 private:
  result<void> add_standard_input() {
    if (choice_.format == row_format::parquet) {
      return error{errc::usage, "-: Parquet is read from a regular file that is not packed"};
    }
    if (auto once = note_once("-", identity_of(STDIN_FILENO)); !once) return once;
    files.push_back({.path = "",
                     .format = choice_.format.value_or(row_format::jsonl),
                     .compression = compression::none,
                     .read_once = true});
    return {};
  }

  // Looks without opening: that would disturb a named pipe.
  result<void> add_file(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return unreadable(path, errno);
    if (S_ISDIR(status.st_mode)) return unreadable(path, EISDIR);
    if (S_ISSOCK(status.st_mode)) return error{errc::usage, path + ": a socket is no dataset"};
    if (::access(path.c_str(), R_OK) != 0) return unreadable(path, errno);
    if (is_own(path)) {
      return error{errc::usage, path + ": is the run's own output, and cannot be its dataset"};
    }
    const bool is_regular = S_ISREG(status.st_mode);
    auto file = classify(path, is_regular, choice_);
    if (!file) return file.error();
    if (!is_regular) {
      if (auto once = note_once(path, identity_of(status)); !once) return once;
    }
    files.push_back(std::move(*file));
    return {};
  }

  // Standard input has more names than one.
  result<void> note_once(const std::string& path, std::optional<file_identity> which) {
    const auto known = std::ranges::find(once_, which);
    if (known != once_.end()) {
      return error{errc::usage, path +
                                    ": what is no regular file can be read only once, and is "
                                    "in dataset.path twice"};
    }
    once_.push_back(which);
    return {};
  }

  bool is_own(const std::string& path) const { return is_among(path, choice_.own_outputs); }

  static bool is_among(const std::string& path, const std::vector<file_identity>& some) {
    if (some.empty()) return false;
    const auto which = identity_of(path);
    return which && std::ranges::find(some, *which) != some.end();
  }

  const dataset_choice& choice_;
  std::vector<std::optional<file_identity>> once_;
};

}  // namespace

result<std::vector<dataset_file>> list_dataset_files(const std::vector<std::string>& paths,
                                                     const dataset_choice& choice) {
  file_list list(choice);
  for (const std::string& path : paths) {
    if (auto added = list.add(path); !added) return added.error();
  }
  return std::move(list.files);
}

}  // namespace retort::io
