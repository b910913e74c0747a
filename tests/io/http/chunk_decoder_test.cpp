#include "io/http/chunk_decoder.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort;
using io::chunk_decoder;

namespace {

struct decoded {
  std::string data;
  std::size_t taken = 0;
  bool done = false, failed = false;
};

// Offers `text` in pieces of so many bytes.
decoded decode(std::string_view text, std::size_t piece) {
  decoded out;
  chunk_decoder decoder;
  for (std::size_t at = 0; at < text.size() && !decoder.done(); at += piece) {
    std::string_view offer = text.substr(at, piece);
    while (!offer.empty() && !decoder.done()) {
      const auto got = decoder.next(offer);
      out.failed = !got;
      if (!got) return out;
      CHECK(got->taken > 0);
      out.data += got->data;
      out.taken += got->taken;
      offer.remove_prefix(got->taken);
    }
  }
  out.done = decoder.done();
  return out;
}

}  // namespace

TEST_CASE("chunks are joined, wherever they are cut") {
  const struct {
    std::string text, data;
  } table[] = {
      {"0\r\n\r\n", ""},
      {"5\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5\r\nhello\r\nA\r\n, 12345678\r\n00\r\n\r\n", "hello, 12345678"},
      {"3;a=b;c=\"d;e\"\r\nabc\r\n0;last\r\nX-Sum: 9\r\nX-Other: 1\r\n\r\n", "abc"},
      {"2 \r\n\r\n\r\n0\t;x\r\n\r\n", "\r\n"},
      {"000000000000000000000000002\r\nab\r\n0\r\n\r\n", "ab"},
  };
  for (const auto& [text, data] : table) {
    for (const std::size_t piece : {1, 2, 3, 1000}) {
      const decoded got = decode(text + "HTTP/1.1 200 OK", piece);
      CAPTURE(text);
      CHECK(got.done);
      CHECK(got.data == data);
      CHECK(got.taken == text.size());
    }
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
      const decoded got = decode(text.substr(0, cut), 1000);
      CHECK_FALSE(got.done);
      CHECK_FALSE(got.failed);
    }
  }
}

TEST_CASE("what is no chunk is refused") {
  for (const std::string text : {
           "x\r\n",
           "-1\r\n",
           "0x5\r\nhello\r\n",
           "\r\n",
           ";a\r\n",
           " 5\r\nhello\r\n",
           "5\n",
           "5\rhello",
           "5;a\nhello",
           "3\r\nabcd\r\n",
           "3\r\nabc\n",
           "3\r\nabc0\r\n\r\n",
           "0\r\nX: y\nZ\r\n\r\n",
           "0\r\n\n",
           "0\r\n\rx",
           "10000000000000000\r\n",
           "fffffffffffffffffffffff1\r\n",
       }) {
    CAPTURE(text);
    CHECK(decode(text, 1000).failed);
    CHECK(decode(text, 1).failed);
  }
}

TEST_CASE("a chunk says how much of it is to come") {
  chunk_decoder decoder;
  CHECK(decoder.next("ffffffffffffffff\r\n")->data.empty());
  CHECK(decoder.missing() == ~std::uint64_t{0});
  CHECK(decoder.next("abc")->data == "abc");
  CHECK(decoder.missing() == ~std::uint64_t{0} - 3);
}
