#include "io/base/gzip_decoder.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/compress.hpp"

using namespace retort;

TEST_CASE("gzip is unpacked as it comes") {
  const std::string text(100'000, 'a');
  const std::string packed = test::gzip(text);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, packed.size()}) {
    io::gzip_decoder decoder;
    std::string out;
    for (std::size_t at = 0; at < packed.size(); at += piece) {
      CHECK_FALSE(decoder.done());
      CHECK(decoder.feed(std::string_view(packed).substr(at, piece), out, text.size()));
    }
    CHECK(decoder.done());
    CHECK(out == text);
  }
}

TEST_CASE("what is no gzip, goes on behind its end or is too large is refused") {
  const std::string packed = test::gzip("text");
  std::string out;
  CHECK_FALSE(io::gzip_decoder().feed("text", out, 100));
  CHECK_FALSE(io::gzip_decoder().feed(packed + "xyz", out, 100));
  out.clear();
  CHECK_FALSE(io::gzip_decoder().feed(packed, out, 3));
  io::gzip_decoder whole;
  CHECK(whole.feed(packed, out, 100));
  CHECK(whole.feed("", out, 100));
  CHECK_FALSE(whole.feed("xyz", out, 100));
}

TEST_CASE("gzip of several members is all of them, however they arrive") {
  const std::string packed = test::gzip("one, ") + test::gzip("") + test::gzip("two");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{9}, packed.size()}) {
    CAPTURE(piece);
    io::gzip_decoder decoder;
    std::string out;
    for (std::size_t at = 0; at < packed.size(); at += piece) {
      CHECK(decoder.feed(std::string_view(packed).substr(at, piece), out, 100));
    }
    CHECK(decoder.done());
    CHECK(out == "one, two");
  }
  io::gzip_decoder torn;
  std::string out;
  CHECK(torn.feed(packed.substr(0, packed.size() - 4), out, 100));
  CHECK_FALSE(torn.done());
}
