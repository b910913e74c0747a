// What tests of the ledger write and look for. Any thread.
#pragma once

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "io/ledger/ledger_log.hpp"
#include "io/ledger/ledger_seal.hpp"

namespace retort::test {

// The n-th of a test's objects; their lengths differ.
inline std::string numbered_object(std::size_t n) {
  return fmt::format(R"({{"n":{},"text":"{}"}})", n, std::string(n * 37 % 90, 'x'));
}

// An object as the ledger writes it, with its newline.
inline std::string sealed_line(std::string object) {
  object.pop_back();
  const auto seal = io::seal_of(object);
  object.append(seal.data(), seal.size());
  return object + '\n';
}

// The sealed lines of the objects from `begin` to before `end`.
inline std::string numbered_lines(std::size_t begin, std::size_t end) {
  std::string lines;
  for (auto n = begin; n < end; ++n) lines += sealed_line(numbered_object(n));
  return lines;
}

// A whole ledger with the first objects.
inline std::string numbered_ledger(std::size_t objects) {
  return io::ledger_header() + numbered_lines(0, objects);
}

inline std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace retort::test
