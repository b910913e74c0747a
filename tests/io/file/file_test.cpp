#include "io/file/file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/small_disk.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
namespace fs = std::filesystem;

namespace {

void fill(const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  while (out << std::string(4096, 'x') << std::flush) continue;
}

}  // namespace

TEST_CASE("a file is replaced whole, shorter or longer, and nothing stays beside it") {
  const test::temporary_directory where;
  const std::string path = where.file("note", "before");
  for (const auto& replace : {io::replace_file, io::replace_file_at_any_rate}) {
    for (const std::string content : {"a", "", "longer than it was before"}) {
      REQUIRE(replace(path, content).has_value());
      CHECK(test::content_of(path) == content);
    }
  }
  CHECK(std::distance(fs::directory_iterator(where.path()), {}) == 1);
}

TEST_CASE("where a full disk has no room beside a file, its words are kept, or written over") {
  const test::temporary_directory where;
  const auto disk = test::small_disk::mount(where.path(), std::size_t{64} << 10);
  if (!disk) {
    MESSAGE("skipped: no permission to mount a file system (not root?)");
    return;
  }
  const std::string path = where.file("note", "what was spent: 1");
  fill(where.path() + "/rest");
  const auto refused = io::replace_file(path, "what was spent: 23");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::disk);
  CHECK(test::content_of(path) == "what was spent: 1");
  CHECK_FALSE(fs::exists(path + ".new"));
  REQUIRE(io::replace_file_at_any_rate(path, "what was spent: 23").has_value());
  CHECK(test::content_of(path) == "what was spent: 23");
  REQUIRE(io::replace_file_at_any_rate(path, "spent: 4").has_value());
  CHECK(test::content_of(path) == "spent: 4");
  CHECK_FALSE(io::replace_file_at_any_rate(path, std::string(9000, 'y')).has_value());
  CHECK(test::content_of(path) == "spent: 4");  // there is no room for that much, anywhere
  CHECK_FALSE(io::replace_file_at_any_rate(where.path() + "/other", "new").has_value());
}
