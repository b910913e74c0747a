#include "io/dataset/byte_source.hpp"

#include <doctest/doctest.h>

#include "io/dataset/byte_order_mark.hpp"
#include "io/dataset/gzip_source.hpp"
#include "io/dataset/zstd_source.hpp"
#include "tests/support/compress.hpp"
#include "tests/support/memory_source.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::test;

namespace {

// All there is, asked for in pieces of `piece` bytes; or the error.
result<std::string> drain(io::byte_source& source, std::size_t piece = 1000) {
  std::string all;
  std::string block(piece, '\0');
  for (;;) {
    const auto got = source.read(block);
    if (!got) return got.error();
    if (*got == 0) return all;
    all.append(block, 0, *got);
  }
}

std::string failure_of(io::byte_source& source) {
  const auto drained = drain(source);
  REQUIRE(drained.has_error());
  CHECK(drained.error().code == errc::unreadable);
  return drained.error().message;
}

// Compresses badly enough to keep its shape, and well enough to fill the windows.
std::string some_text(std::size_t size) {
  std::string text;
  for (unsigned i = 0; text.size() < size; ++i) text += std::to_string(i * 2654435761U) + "\n";
  text.resize(size);
  return text;
}

using decoder = std::unique_ptr<io::byte_source> (*)(std::unique_ptr<io::byte_source>, std::size_t);

struct codec {
  const char* name;
  std::string (*pack)(std::string_view);
  decoder unpack;
};

const io::interrupt never;

constexpr codec codecs[] = {{"gzip", test::gzip, io::gunzip}, {"zstd", test::zstd, io::unzstd}};

}  // namespace

TEST_CASE("a file is read as it is") {
  const temporary_directory directory;
  for (const std::size_t size : {0U, 1U, 999U, 1000U, 1001U, 300'000U}) {
    const std::string text = some_text(size);
    const auto source = io::open_file(directory.file("a.txt", text), never);
    REQUIRE(source.has_value());
    CHECK(*drain(**source) == text);
  }
}

TEST_CASE("a file that cannot be opened or read is an error that names it") {
  const temporary_directory directory;
  const std::string missing = directory.path() + "/missing";
  CHECK(io::open_file(missing, never).error().message == missing + ": No such file or directory");
  CHECK(failure_of(**io::open_file(directory.path(), never)) ==
        directory.path() + ": Is a directory");
}

TEST_CASE("the end stays the end") {
  for (const codec& c : codecs) {
    CAPTURE(c.name);
    const auto source = c.unpack(from_memory(c.pack("text")), 10);
    CHECK(*drain(*source) == "text");
    CHECK(*drain(*source) == "");
  }
}

TEST_CASE("compressed text comes back whatever the sizes of the reads") {
  const std::string text = some_text(5000);
  for (const codec& c : codecs) {
    const std::string packed = c.pack(text);
    for (const std::size_t block : {1, 2, 3, 7, 100, 100'000}) {
      for (const std::size_t piece : {1, 2, 5, 4999, 5000, 5001}) {
        CAPTURE(c.name);
        CAPTURE(block);
        CAPTURE(piece);
        CHECK(*drain(*c.unpack(from_memory(packed), block), piece) == text);
      }
    }
  }
}

TEST_CASE("text far larger than its compressed form comes back through a small buffer") {
  const std::string text(3'000'000, 'x');
  for (const codec& c : codecs) {
    CAPTURE(c.name);
    CHECK(*drain(*c.unpack(from_memory(c.pack(text)), 64)) == text);
  }
}

TEST_CASE("members and frames in a row are one stream, empty ones too") {
  for (const codec& c : codecs) {
    const std::string packed = c.pack("one\n") + c.pack("") + c.pack("two\n") + c.pack("");
    for (std::size_t block = 1; block <= packed.size(); ++block) {
      CAPTURE(c.name);
      CAPTURE(block);
      CHECK(*drain(*c.unpack(from_memory(packed), block)) == "one\ntwo\n");
    }
  }
}

TEST_CASE("a skippable zstd frame is skipped") {
  const std::string skippable("\x50\x2A\x4D\x18\x03\x00\x00\x00xyz", 11);
  const auto source = io::unzstd(from_memory(skippable + test::zstd("text") + skippable), 4);
  CHECK(*drain(*source) == "text");
}

TEST_CASE("compressed data cut anywhere is truncated, not short") {
  const std::string text = some_text(400);
  for (const codec& c : codecs) {
    const std::string packed = c.pack(text);
    const std::string expected =
        "memory: truncated: the " + std::string(c.name) + " data ends too early";
    for (std::size_t kept = 0; kept < packed.size(); ++kept) {
      CAPTURE(kept);
      CHECK(failure_of(*c.unpack(from_memory(packed.substr(0, kept)), 50)) == expected);
      const std::string second_cut = packed + packed.substr(0, kept);
      if (kept > 0) CHECK(failure_of(*c.unpack(from_memory(second_cut), 50)) == expected);
    }
  }
}

TEST_CASE("corrupt compressed data is an error that names the source") {
  struct {
    const char* what;
    decoder unpack;
    std::string bytes;
    std::string message;
  } const cases[] = {
      {"no gzip", io::gunzip, "{\"a\": 1}\n",
       "memory: cannot be decoded as gzip: incorrect header check"},
      {"gzip, then something else", io::gunzip, test::gzip("text") + "garbage",
       "memory: cannot be decoded as gzip: incorrect header check"},
      {"no zstd", io::unzstd, "{\"a\": 1}\n",
       "memory: cannot be decoded as zstd: Unknown frame descriptor"},
      {"zstd, then something else", io::unzstd, test::zstd("text") + "garbage",
       "memory: cannot be decoded as zstd: Unknown frame descriptor"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.what);
    CHECK(failure_of(*c.unpack(from_memory(c.bytes), 50)) == c.message);
  }
}

TEST_CASE("a zstd frame that asks for more than 128 MiB of memory is refused") {
  const std::string window_of_256_mib("\x28\xB5\x2F\xFD\x00\x90\x01\x00\x00", 9);
  CHECK(failure_of(*io::unzstd(from_memory(window_of_256_mib))) ==
        "memory: cannot be decoded as zstd: Frame requires too much memory for decoding");
  std::string window_of_128_mib = window_of_256_mib;
  window_of_128_mib[5] = '\x88';
  CHECK(*drain(*io::unzstd(from_memory(window_of_128_mib))) == "");
}

TEST_CASE("a wrong gzip checksum is noticed") {
  std::string packed = test::gzip("text");
  packed[packed.size() - 8] ^= 1;
  CHECK(failure_of(*io::gunzip(from_memory(packed))) ==
        "memory: cannot be decoded as gzip: incorrect data check");
}

TEST_CASE("what is before the damage is delivered") {
  const std::string good = some_text(5000);
  for (const codec& c : codecs) {
    CAPTURE(c.name);
    const auto source = c.unpack(from_memory(c.pack(good) + "garbage"), 100);
    std::string block(good.size(), '\0');
    std::size_t got = 0;
    while (got < good.size()) got += source->read(std::span(block).subspan(got)).value();
    CHECK(block == good);
    CHECK(source->read(block).has_error());
  }
}

TEST_CASE("a zstd frame cut between its blocks gives the whole blocks, however small the reads") {
  const std::string packed = test::zstd(std::string(400'000, 'x'));  // blocks of 128 KiB
  const auto delivered = [](std::string_view cut, std::size_t piece) {
    const auto source = io::unzstd(from_memory(cut));
    std::string block(piece, '\0');
    std::size_t all = 0;
    for (auto got = source->read(block); got && *got > 0; got = source->read(block)) all += *got;
    return all;
  };
  for (std::size_t kept = 0; kept <= packed.size(); ++kept) {
    CAPTURE(kept);
    const std::string_view cut = std::string_view(packed).substr(0, kept);
    CHECK(delivered(cut, 1000) == delivered(cut, 1'000'000));
  }
}

TEST_CASE("the error of what lies below comes through") {
  const error broken{errc::unreadable, "memory: Input/output error"};
  for (const codec& c : codecs) {
    CAPTURE(c.name);
    const std::string half = c.pack("text").substr(0, 5);
    auto below = std::make_unique<memory_source>(half, 2, broken);
    CHECK(failure_of(*c.unpack(std::move(below), 10)) == broken.message);
  }
  auto below = std::make_unique<memory_source>("", 2, broken);
  CHECK(failure_of(*io::without_byte_order_mark(std::move(below))) == broken.message);
}

TEST_CASE("a byte order mark is dropped at the beginning, and nowhere else") {
  const std::string mark = "\xEF\xBB\xBF";
  struct {
    std::string bytes, text;
  } const cases[] = {
      {"", ""},
      {"a", "a"},
      {"ab", "ab"},
      {"abc", "abc"},
      {"abcdef", "abcdef"},
      {mark, ""},
      {mark + "a", "a"},
      {mark + mark, mark},
      {"a" + mark, "a" + mark},
      {"\xEF", "\xEF"},
      {"\xEF\xBB", "\xEF\xBB"},
      {"\xEF\xBB!", "\xEF\xBB!"},
      {mark + "a longer text", "a longer text"},
  };
  for (const auto& c : cases) {
    for (const std::size_t piece : {1, 2, 3, 4, 100}) {
      CAPTURE(c.bytes);
      CAPTURE(piece);
      const auto source = io::without_byte_order_mark(from_memory(c.bytes, piece));
      CHECK(*drain(*source, piece) == c.text);
    }
  }
}
