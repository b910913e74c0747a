#include "io/file/sink.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/failing_file.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using test::content_of;
using test::disk_script;

TEST_CASE("a sink holds what was appended once it is flushed") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/view";
  auto sink = io::sink::open(path, 0);
  REQUIRE(sink.has_value());
  CHECK(sink->append("one\n").has_value());
  CHECK(sink->append("").has_value());
  CHECK(sink->append("two\n").has_value());
  CHECK(sink->size() == 8);
  CHECK(content_of(path).empty());
  CHECK(sink->flush().has_value());
  CHECK(content_of(path) == "one\ntwo\n");
  CHECK(sink->append("three\n").has_value());
  CHECK(sink->sync().has_value());
  CHECK(content_of(path) == "one\ntwo\nthree\n");
  CHECK(sink->size() == 14);
}

TEST_CASE("a sink into a pipe is what comes out of it") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  auto sink = io::sink::open(std::make_unique<io::file>("pipe", ends[1]), 0);
  REQUIRE(sink.has_value());
  for (const char* line : {"one\n", "two\n"}) {
    CHECK(sink->append(line).has_value());
    CHECK(sink->flush().has_value());
  }
  char read[16];
  CHECK(std::string(read, static_cast<std::size_t>(::read(ends[0], read, sizeof read))) ==
        "one\ntwo\n");
  ::close(ends[0]);
}

TEST_CASE("a sink keeps the bytes it is told to and goes on after them") {
  test::temporary_directory directory;
  for (const std::uint64_t keep : {0, 1, 5, 10}) {
    const auto path = directory.file("view", "0123456789");
    auto sink = io::sink::open(path, keep);
    REQUIRE(sink.has_value());
    CHECK(sink->size() == keep);
    CHECK(std::filesystem::file_size(path) == keep);
    CHECK(sink->append("ab").has_value());
    CHECK(sink->flush().has_value());
    CHECK(content_of(path) == std::string("0123456789").substr(0, keep) + "ab");
  }
}

TEST_CASE("a file shorter than what should be kept is refused and left as it is") {
  test::temporary_directory directory;
  const auto path = directory.file("view", "0123");
  const auto sink = io::sink::open(path, 5);
  REQUIRE_FALSE(sink.has_value());
  CHECK(sink.error().code == errc::mismatch);
  CHECK(sink.error().message == path + " has 4 bytes, but should begin with 5 written earlier");
  CHECK(content_of(path) == "0123");

  const auto missing = io::sink::open(directory.path() + "/missing", 5);
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == errc::unwritable);
  CHECK_FALSE(std::filesystem::exists(directory.path() + "/missing"));
}

TEST_CASE("a sink that cannot be opened names the path") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/missing/view";
  const auto sink = io::sink::open(path, 0);
  REQUIRE_FALSE(sink.has_value());
  CHECK(sink.error().code == errc::unwritable);
  CHECK(sink.error().message == path + ": cannot open: No such file or directory");
  CHECK_FALSE(io::sink::open(directory.path(), 0).has_value());
}

TEST_CASE("texts of all sizes around the buffer's come out whole and in order") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/view";
  constexpr std::size_t buffer = 1 << 20;
  auto sink = io::sink::open(path, 0);
  REQUIRE(sink.has_value());
  std::string expected;
  char letter = 'a';
  for (const std::size_t bytes : {std::size_t{1}, buffer - 1, std::size_t{1}, buffer, buffer + 1,
                                  std::size_t{7}, 3 * buffer, std::size_t{9}}) {
    const std::string text(bytes, letter++);
    CHECK(sink->append(text).has_value());
    expected += text;
    CHECK(sink->size() == expected.size());
  }
  CHECK(sink->flush().has_value());
  const bool same = content_of(path) == expected;
  CHECK(same);
}

TEST_CASE("the null device is a sink") {
  auto sink = io::sink::open("/dev/null", 0);
  REQUIRE(sink.has_value());
  CHECK(sink->append("gone\n").has_value());
  CHECK(sink->sync().has_value());
}

TEST_CASE("a full disk is told by name") {
  auto sink = io::sink::open("/dev/full", 0);
  REQUIRE(sink.has_value());
  CHECK(sink->append("too much\n").has_value());
  const auto flushed = sink->flush();
  REQUIRE_FALSE(flushed.has_value());
  CHECK(flushed.error().code == errc::disk);
  CHECK(flushed.error().message == "/dev/full: cannot write: No space left on device");
}

TEST_CASE("an error is final, and the file a beginning of what was appended") {
  for (const int with : {ENOSPC, EIO}) {
    test::temporary_directory directory;
    const auto path = directory.path() + "/view";
    disk_script script{.fails_at = 1, .with = with};
    auto sink = io::sink::open(test::failing_file::open(path, script), 0);
    REQUIRE(sink.has_value());
    CHECK(sink->append("0123456789").has_value());
    CHECK(sink->flush().has_value());
    CHECK(sink->append("abcdefghij").has_value());
    CHECK_FALSE(sink->flush().has_value());
    CHECK_FALSE(sink->append("never").has_value());
    CHECK_FALSE(sink->flush().has_value());
    CHECK_FALSE(sink->sync().has_value());
    CHECK(content_of(path) == "0123456789abcde");
    CHECK(script.counted == 2);
  }
}

TEST_CASE("interrupted calls and short writes are no errors") {
  for (const int with : {EINTR, disk_script::short_write}) {
    test::temporary_directory directory;
    const auto path = directory.path() + "/view";
    disk_script script{.fails_at = 0, .with = with};
    auto sink = io::sink::open(test::failing_file::open(path, script), 0);
    REQUIRE(sink.has_value());
    CHECK(sink->append("0123456789").has_value());
    CHECK(sink->sync().has_value());
    CHECK(content_of(path) == "0123456789");
  }
}

TEST_CASE("a failed sync is an error, for good") {
  test::temporary_directory directory;
  disk_script script{.fails_at = 0, .with = EIO, .only = "fsync"};
  auto sink = io::sink::open(test::failing_file::open(directory.path() + "/view", script), 0);
  REQUIRE(sink.has_value());
  CHECK(sink->append("x").has_value());
  CHECK_FALSE(sink->sync().has_value());
  CHECK_FALSE(sink->append("y").has_value());
}

namespace {

// What a file that held `before` holds after "one\ntwo\n" was appended in pieces; where it
// differed, else nothing.
std::pair<std::string, std::optional<std::uint64_t>> gone_over(const std::string& before,
                                                               std::size_t piece) {
  const test::temporary_directory directory;
  const auto path = directory.file("view", before);
  std::optional<std::uint64_t> differed;
  auto file = io::file::open(path, O_RDWR);
  REQUIRE(file.has_value());
  auto sink = io::sink::go_over(std::move(*file), [&](std::uint64_t same) {
    CHECK_FALSE(differed);
    CHECK(content_of(path) == before);
    differed = same;
    return result<void>();
  });
  REQUIRE(sink.has_value());
  const std::string_view whole = "one\ntwo\n";
  for (std::size_t at = 0; at < whole.size(); at += piece) {
    CHECK(sink->append(whole.substr(at, piece)).has_value());
    CHECK(sink->flush().has_value());
  }
  CHECK(sink->finish().has_value());
  CHECK(sink->size() == whole.size());
  CHECK(sink->hash() == XXH3_64bits(whole.data(), whole.size()));
  return {content_of(path), differed};
}

}  // namespace

TEST_CASE("what a file holds already is gone over, and only what differs is told of") {
  struct {
    std::string before;
    std::optional<std::uint64_t> differed;
  } const cases[] = {
      {"", {}},           {"o", {}},         {"one\n", {}}, {"one\ntwo\n", {}},
      {"one\ntwo\nx", 8}, {"one\ntwi\n", 6}, {"x", 0},      {"one\nTWO\nthree\n", 4},
      {"One\n", 0},       {"one\nx", 4},
  };
  for (const auto& c : cases) {
    for (const std::size_t piece : {1, 3, 8}) {
      CAPTURE(c.before);
      CAPTURE(piece);
      const auto [content, differed] = gone_over(c.before, piece);
      CHECK(content == "one\ntwo\n");
      CHECK(differed == c.differed);
    }
  }
}

TEST_CASE("where a difference may not be cut, the file is left as it is") {
  const test::temporary_directory directory;
  const auto path = directory.file("view", "one\nTWO\n");
  auto file = io::file::open(path, O_RDWR);
  REQUIRE(file.has_value());
  auto sink = io::sink::go_over(std::move(*file), [](std::uint64_t) {
    return result<void>(error{errc::disk, "no room for a copy"});
  });
  REQUIRE(sink.has_value());
  REQUIRE(sink->append("one\ntwo\n").has_value());
  REQUIRE(sink->flush().has_error());
  CHECK(sink->finish().error().message == "no room for a copy");
  CHECK(content_of(path) == "one\nTWO\n");
}
