// What the fuzz targets share: an input is a line that says how to read the rest, and the rest. A
// property that does not hold ends the process, which libFuzzer reports with the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "providers/body/types.hpp"

namespace retort::fuzz {

struct fuzz_input {
  std::string_view recipe;  // the first line
  std::string_view text;    // what follows it

  explicit fuzz_input(std::string_view bytes);
  fuzz_input(const std::uint8_t* data, std::size_t size);
  // The n-th word of the recipe, or "".
  std::string_view word(std::size_t n) const;
};

// The text cut into pieces of 1 to 64 bytes, by the bytes of `cuts` in turn ("A": one at a time).
// Each piece is memory of its own, so that whoever reads past it is caught.
std::vector<std::string> pieces(std::string_view text, std::string_view cuts);

// Ends the process unless `holds`.
void require(bool holds, const char* what);

bool is_utf8(std::string_view text);
// Everything that an outcome says, as one line of JSON. Requires that it can stand in a ledger:
// that the line is valid JSON in valid UTF-8, and that waits and counts are within their bounds.
std::string show(const providers::outcome& what);

}  // namespace retort::fuzz
