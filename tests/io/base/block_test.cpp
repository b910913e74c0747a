#include "io/base/block.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::io;

namespace {

std::size_t plain_bytes(const std::string& sixteen) {
  return unmarked_bytes(marks_of_escapes(load_block(sixteen.data())));
}

}  // namespace

TEST_CASE("the first byte that needs an escape is found wherever it is") {
  const std::string plain(16, 'a');
  CHECK(plain_bytes(plain) == 16);
  for (std::size_t at = 0; at < 16; ++at) {
    for (std::size_t behind = at; behind < 16; ++behind) {
      std::string text = plain;
      text[at] = '"';
      text[behind] = '"';
      CAPTURE(at);
      CHECK(plain_bytes(text) == at);
    }
  }
}

TEST_CASE("quotes, backslashes and control characters need an escape, and nothing else") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const bool escaped = byte < 0x20 || byte == '"' || byte == '\\';
    CHECK(plain_bytes(std::string(16, static_cast<char>(byte))) == (escaped ? 0 : 16));
  }
}
