// What a file's name says of what is in it: its ending, in letters of either case, for what is read
// and what is written alike. Pure; any thread.
#pragma once

#include <algorithm>
#include <string_view>

namespace retort::io {

// `ending` in small letters: ".parquet".
inline bool has_ending(std::string_view path, std::string_view ending) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return path.size() >= ending.size() &&
         std::ranges::equal(path.substr(path.size() - ending.size()), ending, {}, lower);
}

}  // namespace retort::io
